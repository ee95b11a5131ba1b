-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['task_id', 'task_name', 'lead_unit', 'due_on', 'status'] %}
{%- set optional = ['completed_on', 'quantified_value'] %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_ledger_tasks_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-TASK-001', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-TASK-002', 'column': "'task_id'", 'seen': 'rows_of_feed.task_id',
            'when': 'rows_of_feed.task_id is not null and rows_of_feed.plan_clause is null',
        },
        {
            'id': 'R-TASK-003', 'column': "coalesce(rows_of_feed._impossible_dates, 'completed_on')",
            'seen': "concat_ws(' / ', rows_of_feed.completed_on, rows_of_feed._unreadable_cells)",
            'when': 'rows_of_feed.completed_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-TASK-005', 'column': "'task_id'", 'seen': 'rows_of_feed.task_id',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-TASK-007', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-TASK-008', 'column': unreadable_among(optional, besides='_impossible_dates'),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional, besides='_impossible_dates') ~ ' is not null',
        },
        {
            'id': 'R-TASK-009', 'column': "'status|completed_on'",
            'seen': "concat_ws(' / ', rows_of_feed.status, rows_of_feed.completed_on)",
            'when': 'not rows_of_feed.is_done and rows_of_feed.completed_on is not null',
        },
    ]) }}

),

final as (

    {{ with_severity('ledger_tasks', 'broken') }}

)

select * from final

-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = [
    'project_id', 'project_name', 'total_investment', 'stage', 'responsible_unit',
] %}
{%- set optional = ['design_capacity'] + ledger_projects_dates() %}
{%- for amount in ledger_projects_amounts() if amount not in required %}
{%- do optional.append(amount) %}
{%- endfor %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_ledger_projects_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-PROJ-001', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': 'rows_of_feed.credit_code is not null and not rows_of_feed._has_valid_code',
        },
        {
            'id': 'R-PROJ-002', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': "rows_of_feed._row_kind = 'data' and rows_of_feed.town_code is null",
        },
        {
            'id': 'R-PROJ-003', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-PROJ-004',
            'column': "coalesce(rows_of_feed._impossible_dates, 'actual_start|actual_finish')",
            'seen': "concat_ws(' / ', rows_of_feed.actual_start, rows_of_feed.actual_finish, "
                ~ 'rows_of_feed._unreadable_cells)',
            'when': 'rows_of_feed.actual_start > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed.actual_finish > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-PROJ-006', 'column': "'project_id'", 'seen': 'rows_of_feed.project_id',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-PROJ-007', 'column': "'completed_investment_total|total_investment'",
            'seen': "concat_ws(' / ', rows_of_feed.completed_investment_total, rows_of_feed.total_investment)",
            'when': 'rows_of_feed.completed_investment_total > rows_of_feed.total_investment',
        },
        {
            'id': 'R-PROJ-011', 'column': "'actual_start|actual_finish|planned_start|planned_finish'",
            'seen': "concat_ws(' / ', rows_of_feed.actual_start, rows_of_feed.actual_finish, "
                ~ 'rows_of_feed.planned_start, rows_of_feed.planned_finish)',
            'when': 'rows_of_feed.actual_finish < rows_of_feed.actual_start '
                ~ 'or rows_of_feed.planned_finish < rows_of_feed.planned_start',
        },
        {
            'id': 'R-PROJ-012', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-PROJ-013', 'column': unreadable_among(optional, besides='_impossible_dates'),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional, besides='_impossible_dates') ~ ' is not null',
        },
    ]) }}

),

final as (

    {{ with_severity('ledger_projects', 'broken') }}

)

select * from final

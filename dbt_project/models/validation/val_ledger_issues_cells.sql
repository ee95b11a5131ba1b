-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['issue_id', 'problem', 'raised_on', 'lead_unit', 'due_on', 'status'] %}
{%- set optional = ['category', 'closed_on'] %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_ledger_issues_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-ISS-001', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': 'rows_of_feed.town is not null and rows_of_feed.town_code is null',
        },
        {
            'id': 'R-ISS-002', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-ISS-003', 'column': "coalesce(rows_of_feed._impossible_dates, 'raised_on|closed_on')",
            'seen': "concat_ws(' / ', rows_of_feed.raised_on, rows_of_feed.closed_on, "
                ~ 'rows_of_feed._unreadable_cells)',
            'when': 'rows_of_feed.raised_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed.closed_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-ISS-004', 'column': "'raised_on|closed_on'",
            'seen': "concat_ws(' / ', rows_of_feed.raised_on, rows_of_feed.closed_on)",
            'when': 'rows_of_feed.closed_at_latest_on < rows_of_feed.raised_on',
        },
        {
            'id': 'R-ISS-005', 'column': "'issue_id'", 'seen': 'rows_of_feed.issue_id',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-ISS-007', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-ISS-008', 'column': unreadable_among(optional, besides='_impossible_dates'),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional, besides='_impossible_dates') ~ ' is not null',
        },
        {
            'id': 'R-ISS-009', 'column': "'status|closed_on'",
            'seen': "concat_ws(' / ', rows_of_feed.status, rows_of_feed.closed_on)",
            'when': 'rows_of_feed.is_called_closed <> (rows_of_feed.closed_on is not null) and '
                ~ unreadable_among(['closed_on']) ~ ' is null',
        },
        {
            'id': 'R-ISS-010', 'column': "'raised_on|due_on'",
            'seen': "concat_ws(' / ', rows_of_feed.raised_on, rows_of_feed.due_on)",
            'when': 'rows_of_feed.due_on < rows_of_feed.raised_on',
        },
    ]) }}

),

final as (

    {{ with_severity('ledger_issues', 'broken') }}

)

select * from final

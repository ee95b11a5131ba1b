-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['platform_id', 'platform_name', 'platform_type'] %}
{%- set optional = ['opened_on', 'operating_status', 'enterprises_served'] %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_ledger_platforms_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-PLAT-001', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': "rows_of_feed._row_kind = 'data' and rows_of_feed.town_code is null",
        },
        {
            'id': 'R-PLAT-002', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-PLAT-003',
            'column': "coalesce(rows_of_feed._impossible_dates, 'opened_on|operating_status')",
            'seen': "concat_ws(' / ', rows_of_feed.opened_on, rows_of_feed.operating_status, "
                ~ 'rows_of_feed._unreadable_cells)',
            'when': '(rows_of_feed.is_running and rows_of_feed.opened_on > rows_of_feed.month_end_on) '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-PLAT-005', 'column': "'platform_id'", 'seen': 'rows_of_feed.platform_id',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-PLAT-007', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-PLAT-008', 'column': unreadable_among(optional, besides='_impossible_dates'),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional, besides='_impossible_dates') ~ ' is not null',
        },
        {
            'id': 'R-PLAT-009', 'column': "'opened_on|operating_status'",
            'seen': "concat_ws(' / ', rows_of_feed.opened_on, rows_of_feed.operating_status)",
            'when': '((rows_of_feed.is_running and rows_of_feed.opened_on is null) '
                ~ 'or (rows_of_feed.operating_status is null '
                ~ 'and rows_of_feed.opened_on <= rows_of_feed.month_end_on)) and '
                ~ unreadable_among(['opened_on', 'operating_status']) ~ ' is null',
        },
    ]) }}

),

final as (

    {{ with_severity('ledger_platforms', 'broken') }}

)

select * from final

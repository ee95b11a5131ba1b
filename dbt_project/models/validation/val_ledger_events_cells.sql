-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['event_id', 'event_name', 'event_type', 'held_on'] %}
{%- set optional = ledger_events_figures() %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_ledger_events_rows') }}

),

-- 举办日期 is no actual date: an event may lie ahead, and counts once it has come.
broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-EVT-001', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': "rows_of_feed._row_kind = 'data' and rows_of_feed.town_code is null",
        },
        {
            'id': 'R-EVT-002', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-EVT-003', 'column': 'rows_of_feed._impossible_dates',
            'seen': 'rows_of_feed._unreadable_cells',
            'when': 'rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-EVT-005', 'column': "'event_id'", 'seen': 'rows_of_feed.event_id',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-EVT-007', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-EVT-008', 'column': unreadable_among(optional), 'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional) ~ ' is not null',
        },
        {
            'id': 'R-EVT-009', 'column': "'held_on|deal_value'",
            'seen': "concat_ws(' / ', rows_of_feed.held_on, rows_of_feed.deal_value)",
            'when': 'rows_of_feed.held_on > rows_of_feed.month_end_on and rows_of_feed.deal_value > 0',
        },
    ]) }}

),

final as (

    {{ with_severity('ledger_events', 'broken') }}

)

select * from final

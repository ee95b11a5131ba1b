-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['project_id', 'fund_type', 'amount', 'allocated_on'] %}
{%- set optional = ['received_amount', 'paid_amount'] %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_ledger_funds_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-FUND-001', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': "rows_of_feed._row_kind = 'data' and rows_of_feed.town_code is null",
        },
        {
            'id': 'R-FUND-002', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-FUND-003', 'column': "'allocated_on'",
            'seen': "concat_ws(' / ', rows_of_feed.allocated_on, rows_of_feed._unreadable_cells)",
            'when': 'rows_of_feed.allocated_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-FUND-005', 'column': "'project_id|fund_type|allocated_on'", 'seen': 'rows_of_feed._row_key',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-FUND-007', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-FUND-008', 'column': unreadable_among(optional), 'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional) ~ ' is not null',
        },
        {
            'id': 'R-FUND-009', 'column': "'amount|received_amount|paid_amount'",
            'seen': "concat_ws(' / ', rows_of_feed.amount, rows_of_feed.received_amount, rows_of_feed.paid_amount)",
            'when': 'rows_of_feed.received_amount > rows_of_feed.amount '
                ~ 'or rows_of_feed.paid_amount > rows_of_feed.amount',
        },
    ]) }}

),

final as (

    {{ with_severity('ledger_funds', 'broken') }}

)

select * from final

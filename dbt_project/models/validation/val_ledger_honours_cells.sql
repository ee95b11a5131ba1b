-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['certificate_no', 'honour_type', 'honour_level', 'granted_on'] %}
{%- set optional = ['expires_on'] %}
{#- Of code and holder one is required; a code that is not valid is there. -#}
{%- set missing %}
nullif(
    concat(
        coalesce({{ missing_columns(required) }}, ''),
        case
            when rows_of_feed.credit_code is null and rows_of_feed.holder is null then 'credit_code|holder|'
            else ''
        end
    ), ''
)
{%- endset %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_ledger_honours_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-HON-001', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': 'rows_of_feed.credit_code is not null and not rows_of_feed._has_valid_code',
        },
        {
            'id': 'R-HON-002', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': "rows_of_feed._row_kind = 'data' and rows_of_feed.town_code is null",
        },
        {
            'id': 'R-HON-003', 'column': missing, 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing ~ ' is not null',
        },
        {
            'id': 'R-HON-004', 'column': "coalesce(rows_of_feed._impossible_dates, 'granted_on')",
            'seen': "concat_ws(' / ', rows_of_feed.granted_on, rows_of_feed._unreadable_cells)",
            'when': 'rows_of_feed.granted_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-HON-005', 'column': "'certificate_no|honour_type'", 'seen': 'rows_of_feed._row_key',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-HON-007', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-HON-008', 'column': unreadable_among(optional, besides='_impossible_dates'),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional, besides='_impossible_dates') ~ ' is not null',
        },
        {
            'id': 'R-HON-009', 'column': "'granted_on|expires_on'",
            'seen': "concat_ws(' / ', rows_of_feed.granted_on, rows_of_feed.expires_on)",
            'when': 'rows_of_feed.expires_on < rows_of_feed.granted_on',
        },
    ]) }}

),

final as (

    {{ with_severity('ledger_honours', 'broken') }}

)

select * from final

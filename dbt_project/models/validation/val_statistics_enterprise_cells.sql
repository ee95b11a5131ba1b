-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = [
    'enterprise_name', 'gross_output_value_month', 'gross_output_value_ytd', 'operating_revenue_month',
    'operating_revenue_ytd',
] %}
{%- set optional = ['is_above_scale'] %}
{%- for column in statistics_enterprise_columns() if column not in required %}
{%- do optional.append(column) %}
{%- endfor %}

with rows_of_feed as (

    select * from {{ ref('val_statistics_enterprise_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-STAT-001', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': "rows_of_feed._row_kind = 'data' and not rows_of_feed._has_valid_code",
        },
        {
            'id': 'R-STAT-002', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': "rows_of_feed._row_kind = 'data' and rows_of_feed.town_code is null",
        },
        {
            'id': 'R-STAT-003', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-STAT-004', 'column': "'gross_output_value'",
            'seen': "concat_ws(' / ', rows_of_feed.gross_output_value_month, "
                ~ 'rows_of_feed.gross_output_value_ytd, rows_of_feed.gross_output_value_ytd_prior)',
            'when': 'least(rows_of_feed.gross_output_value_month, rows_of_feed.gross_output_value_ytd, '
                ~ 'rows_of_feed.gross_output_value_ytd_prior) < 0',
        },
        {
            'id': 'R-STAT-007', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-STAT-010', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-STAT-011', 'column': unreadable_among(optional),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional) ~ ' is not null',
        },
    ]) }}

),

final as (

    {{ with_severity('statistics_enterprise', 'broken') }}

)

select * from final

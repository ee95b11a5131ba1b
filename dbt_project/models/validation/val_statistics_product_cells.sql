-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['product_name', 'base_unit', 'output_ytd'] %}
{%- set optional = ['output_month', 'output_ytd_prior', 'sales_month', 'sales_ytd', 'average_price'] %}

with rows_of_feed as (

    select * from {{ ref('val_statistics_product_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-PROD-001', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': "rows_of_feed._row_kind = 'data' and not rows_of_feed._has_valid_code",
        },
        {
            'id': 'R-PROD-002', 'column': "'town'", 'seen': 'rows_of_feed.town',
            'when': "rows_of_feed._row_kind = 'data' and rows_of_feed.town_code is null",
        },
        {
            'id': 'R-PROD-003', 'column': missing_columns(required, {'base_unit': 'quantity_unit'}),
            'seen': "concat(case when rows_of_feed.base_unit is null then "
                ~ "concat('quantity_unit「', rows_of_feed.quantity_unit, '」') end, rows_of_feed._unreadable_cells)",
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-PROD-004', 'column': "'output'",
            'seen': "concat_ws(' / ', rows_of_feed.output_month, rows_of_feed.output_ytd, "
                ~ 'rows_of_feed.output_ytd_prior)',
            'when': 'least(rows_of_feed.output_month, rows_of_feed.output_ytd, '
                ~ 'rows_of_feed.output_ytd_prior) < 0',
        },
        {
            'id': 'R-PROD-007', 'column': "'credit_code|product_name'", 'seen': 'rows_of_feed._row_key',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-PROD-010', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-PROD-011', 'column': unreadable_among(optional),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional) ~ ' is not null',
        },
    ]) }}

),

final as (

    {{ with_severity('statistics_product', 'broken') }}

)

select * from final

-- grain: one row per month, enterprise and product: the used returns
with {{ used_row_ctes('statistics_product') }},

final as (

    {{ used_rows('statistics_product', [
        'credit_code', 'town_code', 'product_name', 'base_unit',
    ] + statistics_product_columns()) }}

)

select * from final

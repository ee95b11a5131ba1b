-- grain: one row per row in force or superseded of the product return whose key can be read
{%- set figures = statistics_product_columns() %}
{%- set rising = ['output_ytd', 'sales_ytd'] %}

with recursive {{ walk_history('statistics_product', figures, rising) }},

final as (

    select
        _row_key,
        _period,
        _row_id,
        falls,
        falls_seen,
        jumps,
        jumps_seen,
        is_used
    from walked

)

select * from final

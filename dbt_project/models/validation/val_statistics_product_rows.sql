-- grain: one row per delivered data row of the product return
with staged as (

    {{ staged_rows('statistics_product') }}

),

{%- set figures = statistics_product_columns() %}

{{ row_status(
    key="case when staged._has_valid_code and staged.product_name is not null "
        ~ "then concat(staged.credit_code, ' ', staged.product_name) end",
    name="case when staged.enterprise_name is not null and staged.product_name is not null "
        ~ "then concat(staged.enterprise_name, ' ', staged.product_name) end",
    content_columns=['credit_code', 'enterprise_name', 'town', 'product_name', 'base_unit'] + figures,
    revisable_columns=['town_code', 'base_unit'] + figures,
) }},

final as (

    select
        _period,
        _row_id,
        _delivery_id,
        _file,
        _sheet,
        _row,
        _row_kind,
        _row_key,
        _status,
        _is_duplicate_key,
        _repeats,
        _revised,
        credit_code,
        enterprise_name,
        town,
        town_code,
        product_name,
        quantity_unit,
        base_unit,
        {%- for figure in figures %}
        {{ figure }},
        {%- endfor %}
        {%- for figure in figures if figure != 'average_price' %}
        {{ figure }}_delivered,
        {%- endfor %}
        _has_valid_code,
        _unreadable,
        _unreadable_cells
    from confronted

)

select * from final

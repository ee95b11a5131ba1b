-- grain: one row per delivered row (data, 合计 or damaged line)
-- Quantities stand in the base unit of the product: a leading product's is its town's product_unit, and a unit of
-- another dimension fits it not at all; any other product's is the base unit of the delivered one. Prices are per that.
{%- set quantities = ['output_month', 'output_ytd', 'output_ytd_prior', 'sales_month', 'sales_ytd'] %}

with raw_rows as (

    {{ raw_rows('statistics_product') }}

),

units as (

    select
        unit,
        dimension,
        base_unit,
        factor
    from {{ ref('unit_list') }}

),

-- Leading products, whichever town makes them.
products as (

    select
        town_list.leading_product as product_name,
        max(town_list.product_unit) as product_unit,
        max(units.dimension) as dimension,
        max(units.factor) as factor
    from {{ ref('town_list') }} as town_list
    inner join units on town_list.product_unit = units.unit
    group by town_list.leading_product

),

named as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.credit_code') }} as credit_code,
        {{ parse_text('raw_rows.enterprise_name') }} as enterprise_name,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_text('raw_rows.product_name') }} as product_name,
        {{ fold_name(parse_text('raw_rows.quantity_unit')) }} as quantity_unit,
        {%- for quantity in quantities %}
        {{ parse_number('raw_rows.' ~ quantity, fold_name('raw_rows.quantity_unit')) }} as {{ quantity }}_delivered,
        raw_rows.{{ quantity }} as {{ quantity }}_cell,
        {%- endfor %}
        raw_rows.average_price as average_price_cell,
        {{ parse_price('raw_rows.average_price', 'raw_rows.average_price__unit') }} as average_price_delivered
    from raw_rows

),

placed as (

    select
        named.*,
        town_names.town_code,
        case
            when products.product_name is null then units.base_unit
            when products.dimension = units.dimension then products.product_unit
        end as base_unit,
        cast(
            case
                when products.product_name is null then units.factor
                when products.dimension = units.dimension then units.factor / nullif(products.factor, 0)
            end as decimal(14, 6)
        ) as quantity_factor
    from named
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('named.town') }} = town_names.town_name_folded
    left join products on named.product_name = products.product_name
    left join units
        on
            named.quantity_unit = units.unit
            and units.dimension in ('mass', 'machine', 'set', 'piece')

),

typed as (

    select
        placed.*,
        {%- for quantity in quantities %}
        try_cast(placed.{{ quantity }}_delivered * placed.quantity_factor as decimal(18, 4)) as {{ quantity }},
        {%- endfor %}
        try_cast(
            placed.average_price_delivered / nullif(placed.quantity_factor, 0) as decimal(18, 8)
        ) as average_price
    from placed

),

{% set pairs = [] %}
{%- for quantity in quantities %}
{%- do pairs.append((quantity, 'typed.' ~ quantity ~ '_cell', 'typed.' ~ quantity)) %}
{%- endfor %}
{%- do pairs.append(('average_price', 'typed.average_price_cell', 'typed.average_price')) -%}

final as (

    select
        {{ lineage_columns('typed') }}
        typed.credit_code,
        typed.enterprise_name,
        typed.town,
        typed.town_code,
        typed.product_name,
        typed.quantity_unit,
        typed.base_unit,
        {%- for quantity in quantities %}
        typed.{{ quantity }},
        {%- endfor %}
        typed.average_price,
        {%- for quantity in quantities %}
        typed.{{ quantity }}_delivered,
        {%- endfor %}
        {{ is_credit_code('typed.credit_code') }} as _has_valid_code,
        {{ unreadable_columns(pairs) }}
    from typed

)

select * from final

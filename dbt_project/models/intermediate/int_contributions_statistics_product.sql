-- grain: one row per month, place, indicator and return of a product
with periods as (

    select
        period,
        is_joint_return
    from {{ ref('int_periods') }}

),

-- Every return twice: for its town and for the whole city. Products are never added up.
placed as (

    select
        returns.period,
        places.town_code,
        returns.credit_code as contributor,
        returns._row_id as row_id,
        periods.is_joint_return,
        -- One name reported in units that cannot be added is two products: the unit tells them apart.
        case
            when min(returns.base_unit) over same_name <> max(returns.base_unit) over same_name
                then concat(returns.product_name, '（', returns.base_unit, '）')
            else returns.product_name
        end as product_name,
        returns.base_unit,
        {%- for column in statistics_product_columns() %}
        returns.{{ column }},
        {%- endfor %}
        returns._warnings as warnings,
        returns._revised as revised,
        {{ is_revised_in('returns._revised', ['town_code', 'base_unit']) }} as is_moved
    from {{ ref('int_statistics_product') }} as returns
    inner join {{ ref('int_places') }} as places on places.town_code in (returns.town_code, 'all')
    inner join periods on returns.period = periods.period
    window same_name as (partition by returns.period, returns.product_name)

),

{#- The price is weighted by 本月销量, over the rows that give both. #}

{{ contributions(
    'statistics_product',
    items={
        'output': {
            'value': 'case when not placed.is_joint_return then placed.output_month end',
            'value_ytd': 'placed.output_ytd', 'value_ytd_prior': 'placed.output_ytd_prior',
            'unit': 'placed.base_unit', 'columns': ['output_month', 'output_ytd', 'output_ytd_prior'],
        },
        'sales': {
            'value': 'case when not placed.is_joint_return then placed.sales_month end',
            'value_ytd': 'placed.sales_ytd', 'unit': 'placed.base_unit', 'columns': ['sales_month', 'sales_ytd'],
        },
        'price': {
            'value': 'case when placed.sales_month is not null then placed.average_price end',
            'base': 'case when placed.average_price is not null then placed.sales_month end',
            'unit': "concat('元/', placed.base_unit)", 'columns': ['average_price', 'sales_month'],
        },
    },
    parts={'product': {'breakdown': 'asked.product_name'}},
) }}

select * from final

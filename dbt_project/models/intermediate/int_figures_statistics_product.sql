-- grain: one row per month with a return, place, indicator and product
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
        returns._warnings,
        returns._revised
    from {{ ref('int_statistics_product') }} as returns
    inner join {{ ref('int_places') }} as places on places.town_code in (returns.town_code, 'all')
    inner join periods on returns.period = periods.period
    window same_name as (partition by returns.period, returns.product_name)

),

output_figures as (

    select
        period,
        town_code,
        'output_quantity' as indicator_code,
        product_name as breakdown,
        base_unit as unit,
        case when not is_joint_return then sum(output_month) end as value,
        sum(output_ytd) as value_ytd,
        sum(output_ytd_prior) as value_ytd_prior,
        sum(output_ytd) filter (where output_ytd_prior is null) as prior_gap_ytd,
        count(output_ytd) as contributors,
        {{ joined_parts('_warnings') }} as flags,
        bool_or({{ is_revised_in('_revised', [
            'output_month', 'output_ytd', 'output_ytd_prior', 'town_code', 'base_unit',
        ]) }}) as is_revised
    from placed
    group by period, town_code, product_name, base_unit, is_joint_return

),

sales_figures as (

    select
        period,
        town_code,
        'sales_quantity' as indicator_code,
        product_name as breakdown,
        base_unit as unit,
        case when not is_joint_return then sum(sales_month) end as value,
        sum(sales_ytd) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        count(sales_ytd) as contributors,
        {{ joined_parts('_warnings') }} as flags,
        bool_or({{ is_revised_in('_revised', ['sales_month', 'sales_ytd', 'town_code', 'base_unit']) }})
            as is_revised
    from placed
    group by period, town_code, product_name, base_unit, is_joint_return

),

-- The price weighted by 本月销量, over the rows that give both.
priced as (

    select
        period,
        town_code,
        product_name,
        base_unit,
        {{ round_ratio(
            'sum(cast(average_price as decimal(19, 8)) * cast(sales_month as decimal(18, 4)))',
            'sum(case when average_price is not null then sales_month end)',
            places=4, in_places=8
        ) }} as average_price,
        count(case when average_price is not null then sales_month end) as contributors,
        {{ joined_parts('_warnings') }} as flags,
        bool_or({{ is_revised_in('_revised', ['average_price', 'sales_month', 'town_code', 'base_unit']) }})
            as is_revised
    from placed
    group by period, town_code, product_name, base_unit

),

price_figures as (

    select
        period,
        town_code,
        'average_price' as indicator_code,
        product_name as breakdown,
        concat('元/', base_unit) as unit,
        average_price as value,
        average_price as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        contributors,
        flags,
        is_revised
    from priced

),

figures as (

    {%- for indicator in ['output', 'sales', 'price'] %}
    select
        period,
        town_code,
        indicator_code,
        breakdown,
        unit,
        value,
        value_ytd,
        value_ytd_prior,
        prior_gap_ytd,
        contributors,
        flags,
        is_revised
    from {{ indicator }}_figures
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

final as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        unit,
        cast(value as decimal(18, 4)) as value,
        cast(value_ytd as decimal(18, 4)) as value_ytd,
        cast(value_ytd_prior as decimal(18, 4)) as value_ytd_prior,
        true as has_given_prior,
        cast(prior_gap_ytd as decimal(18, 4)) as prior_gap_ytd,
        cast(contributors as integer) as contributors,
        flags,
        is_revised
    from figures

)

select * from final

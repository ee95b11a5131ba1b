-- grain: one row per month, place, indicator and breakdown that must have a row, with or without a figure
with periods as (

    select
        period,
        is_statistics_due
    from {{ ref('int_periods') }}

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

towns as (

    select
        town_code,
        leading_product,
        product_unit
    from {{ ref('town_list') }}

),

indicators as (

    select
        indicator_code,
        unit,
        source_feed,
        computation,
        has_towns,
        concat('|', breakdowns, '|') as breakdowns
    from {{ ref('indicator_list') }}

),

-- A quantity and its price have no `all`: the leading product stands for it. A capacity has one row per unit of
-- the projects that have one, and so none that could be expected.
cells as (

    select
        places.town_code,
        indicators.indicator_code,
        indicators.source_feed,
        'all' as breakdown,
        indicators.unit
    from indicators
    cross join places
    where instr(indicators.breakdowns, '|all|') > 0 and (places.town_code = 'all' or indicators.has_towns)

    union all

    select
        places.town_code,
        indicators.indicator_code,
        indicators.source_feed,
        towns.leading_product as breakdown,
        case
            when indicators.computation = 'weighted_mean' then concat('元/', towns.product_unit)
            else towns.product_unit
        end as unit
    from indicators
    cross join places
    inner join towns on places.town_code in (towns.town_code, 'all')
    where instr(indicators.breakdowns, '|product|') > 0

),

final as (

    select
        periods.period,
        cells.town_code,
        cells.indicator_code,
        cells.breakdown,
        cells.unit,
        case
            -- The rates of reliability are those of the enterprise return.
            when cells.source_feed in ('statistics_enterprise', 'statistics_product', 'data_reliability')
                then periods.is_statistics_due
            else true
        end as is_due
    from periods
    cross join cells

)

select * from final

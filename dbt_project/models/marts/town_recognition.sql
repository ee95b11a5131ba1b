-- grain: one row per period, town, level and criterion
with periods as (

    select
        period,
        december_last_year,
        prior_year_period
    from {{ ref('int_periods') }}

),

towns as (

    select town_code
    from {{ ref('town_list') }}

),

criteria as (

    select
        level,
        criterion,
        criterion_name,
        indicator_code,
        breakdown,
        measure,
        cast(threshold as decimal(18, 4)) as threshold,
        unit
    from {{ ref('recognition_criteria') }}

),

indicator_months as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        value,
        value_ytd,
        value_status
    from {{ ref('indicator_monthly') }}

),

measured as (

    select
        periods.period,
        towns.town_code,
        criteria.level,
        criteria.criterion,
        criteria.criterion_name,
        criteria.threshold,
        criteria.unit,
        case criteria.measure
            -- A part that counts 0 has no row, but its whole has one.
            when 'value'
                then case
                    when figures.period is null and whole.value is not null then 0
                    else figures.value
                end
            when 'value_ytd'
                then case
                    when figures.period is null and whole.value_ytd is not null then 0
                    else figures.value_ytd
                end
            when 'trailing_12m'
                then case
                    -- January has no return: what is known is what December said.
                    when figures.value_status = 'not_due' then december.value_ytd
                    else {{ trailing_12m(
                        'periods.period', 'figures.value_ytd', 'december.value_ytd', 'year_before.value_ytd'
                    ) }}
                end
        end as value
    from periods
    cross join towns
    cross join criteria
    left join indicator_months as figures
        on
            periods.period = figures.period
            and towns.town_code = figures.town_code
            and criteria.indicator_code = figures.indicator_code
            and criteria.breakdown = figures.breakdown
    left join indicator_months as whole
        on
            periods.period = whole.period
            and towns.town_code = whole.town_code
            and criteria.indicator_code = whole.indicator_code
            and whole.breakdown = 'all'
    left join indicator_months as december
        on
            periods.december_last_year = december.period
            and towns.town_code = december.town_code
            and criteria.indicator_code = december.indicator_code
            and criteria.breakdown = december.breakdown
    left join indicator_months as year_before
        on
            periods.prior_year_period = year_before.period
            and towns.town_code = year_before.town_code
            and criteria.indicator_code = year_before.indicator_code
            and criteria.breakdown = year_before.breakdown

),

final as (

    select
        period,
        town_code,
        level,
        criterion,
        criterion_name,
        cast(value as decimal(18, 4)) as value,
        threshold,
        value >= threshold as passed,
        unit,
        cast(case when value >= threshold then 0 else threshold - value end as decimal(18, 4))
            as distance,
        case
            when value >= threshold then cast(100 as decimal(18, 4))
            else {{ round_ratio('value', 'threshold', 100) }}
        end as score,
        cast(null as {{ dbt.type_string() }}) as release_id
    from measured

)

select * from final

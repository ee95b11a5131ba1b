-- grain: one row per period, town (and all), indicator and breakdown
{#- The parts in which platforms are counted, and the columns that put a platform there. -#}
{%- set parts = {"'all'": [], 'located.platform_type': ['platform_type']} %}

with ledger_months as (

    select
        feed_months.period,
        periods.month_end_on
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    where feed_months.feed = 'ledger_platforms' and feed_months.is_delivered

),

platforms as (

    select
        period,
        town_code,
        platform_type,
        opened_on,
        is_running,
        _warnings as warnings,
        _revised as revised
    from {{ ref('int_ledger_platforms') }}

),

indicators as (

    select
        indicator_code,
        unit
    from {{ ref('indicator_list') }}
    where source_feed = 'ledger_platforms'

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

target_parts as (

    select
        read_town_code,
        indicator_code,
        breakdown
    from {{ ref('int_target_parts') }}
    where indicator_code = 'platforms_operating'

),

-- Every platform twice: in its town and in the whole city, which does not feel a change of town. Without a state or
-- a date of opening it does not count (rule R-PLAT-009 tells).
located as (

    select
        platforms.period,
        places.town_code,
        platforms.platform_type,
        coalesce(platforms.is_running and platforms.opened_on <= ledger_months.month_end_on, false)
            as is_operating,
        platforms.warnings,
        platforms.revised,
        places.town_code <> 'all' and {{ is_revised_in('platforms.revised', ['town_code']) }} as is_moved
    from platforms
    inner join ledger_months on platforms.period = ledger_months.period
    inner join places on places.town_code in (platforms.town_code, 'all')

),

-- Every platform is asked for every figure: one that does not count, but for a doubtful or corrected cell, marks the
-- figure too.
contributions as (
    {% for breakdown, columns in parts.items() %}
    select
        located.period,
        located.town_code,
        {{ breakdown }} as breakdown,
        case when located.is_operating then 1 else 0 end as value,
        located.warnings,
        located.is_moved
        or {{ is_revised_in('located.revised', columns + ['operating_status', 'opened_on']) }} as is_revised
    from located
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

totals as (

    select
        period,
        town_code,
        'platforms_operating' as indicator_code,
        breakdown,
        sum(value) as value,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, town_code, breakdown

),

-- Figures that stand even at 0, also those that a target names, and those that only exist where something counts.
figures as (

    select
        ledger_months.period,
        places.town_code,
        indicators.indicator_code,
        'all' as breakdown
    from ledger_months
    cross join places
    cross join indicators
    union distinct
    select
        ledger_months.period,
        places.town_code,
        target_parts.indicator_code,
        target_parts.breakdown
    from ledger_months
    cross join target_parts
    inner join places on places.town_code in (target_parts.read_town_code, 'all')
    union distinct
    select
        totals.period,
        totals.town_code,
        totals.indicator_code,
        totals.breakdown
    from totals
    where totals.value > 0

),

final as (

    select
        figures.period,
        figures.town_code,
        figures.indicator_code,
        figures.breakdown,
        indicators.unit,
        cast(coalesce(totals.value, 0) as decimal(18, 4)) as value,
        cast(coalesce(totals.value, 0) as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        cast(coalesce(totals.value, 0) as integer) as contributors,
        totals.flags,
        coalesce(totals.is_revised, false) as is_revised
    from figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    left join totals
        on
            figures.period = totals.period
            and figures.town_code = totals.town_code
            and figures.indicator_code = totals.indicator_code
            and figures.breakdown = totals.breakdown

)

select * from final

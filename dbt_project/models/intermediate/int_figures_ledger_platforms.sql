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

-- What a target names, in its town and in the whole city.
named_parts as (

    select distinct
        places.town_code,
        target_parts.indicator_code,
        target_parts.breakdown
    from {{ ref('int_target_parts') }} as target_parts
    inner join places on places.town_code in (target_parts.read_town_code, 'all')
    where target_parts.indicator_code = 'platforms_operating'

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
        sum(value) as value_ytd,
        sum(value) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, town_code, breakdown

),

-- A part exists where something counts.
{{ standing_figures('totals.value_ytd > 0') }}

select * from final

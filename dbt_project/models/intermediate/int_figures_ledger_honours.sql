-- grain: one row per period, town (and all), indicator and breakdown
{#- The parts in which certificates are counted, and the columns that put a certificate there. -#}
{%- set parts = {
    "'all'": [],
    'located.honour_type': ['honour_type'],
    "concat(located.honour_type, '（', located.honour_level, '）')": ['honour_type', 'honour_level'],
} %}

with ledger_months as (

    select
        feed_months.period,
        periods.month_start_on,
        periods.month_end_on,
        {{ period_start("concat(substr(feed_months.period, 1, 4), '-01')") }} as year_start_on
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    where feed_months.feed = 'ledger_honours' and feed_months.is_delivered

),

honours as (

    select
        period,
        town_code,
        honour_type,
        honour_level,
        granted_on,
        expires_on,
        _warnings as warnings,
        _revised as revised
    from {{ ref('int_ledger_honours') }}

),

indicators as (

    select
        indicator_code,
        unit
    from {{ ref('indicator_list') }}
    where source_feed = 'ledger_honours'

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
    where target_parts.indicator_code = 'honours_held'

),

-- Every certificate twice: in its town and in the whole city, which does not feel a change of town. It is held on
-- its last day; without one it has no end.
located as (

    select
        honours.period,
        places.town_code,
        honours.honour_type,
        honours.honour_level,
        honours.granted_on <= ledger_months.month_end_on
        and coalesce(honours.expires_on >= ledger_months.month_end_on, true) as is_held,
        honours.granted_on between ledger_months.month_start_on and ledger_months.month_end_on
            as is_of_month,
        honours.granted_on between ledger_months.year_start_on and ledger_months.month_end_on
            as is_of_year,
        honours.warnings,
        honours.revised,
        places.town_code <> 'all' and {{ is_revised_in('honours.revised', ['town_code']) }} as is_moved
    from honours
    inner join ledger_months on honours.period = ledger_months.period
    inner join places on places.town_code in (honours.town_code, 'all')

),

-- Every certificate is asked for every figure: one that does not count, but for a doubtful or corrected date, marks
-- the figure too.
contributions as (
    {% for breakdown, columns in parts.items() %}
    select
        located.period,
        located.town_code,
        'honours_held' as indicator_code,
        {{ breakdown }} as breakdown,
        case when located.is_held then 1 else 0 end as value,
        case when located.is_held then 1 else 0 end as value_ytd,
        located.warnings,
        located.is_moved
        or {{ is_revised_in('located.revised', columns + ['granted_on', 'expires_on']) }} as is_revised
    from located
    union all
    {% endfor %}
    select
        located.period,
        located.town_code,
        'honours_new' as indicator_code,
        'all' as breakdown,
        case when located.is_of_month then 1 else 0 end as value,
        case when located.is_of_year then 1 else 0 end as value_ytd,
        located.warnings,
        located.is_moved or {{ is_revised_in('located.revised', ['granted_on']) }} as is_revised
    from located

),

totals as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        sum(value) as value,
        sum(value_ytd) as value_ytd,
        sum(value_ytd) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, town_code, indicator_code, breakdown

),

-- A part exists where something counts.
{{ standing_figures('totals.value_ytd > 0') }}

select * from final

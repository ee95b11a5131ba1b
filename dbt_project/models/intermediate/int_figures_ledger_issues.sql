-- grain: one row per period, town (and all) and indicator
{#- An indicator that counts: which issues in the month, which from January on, and the columns that decide it.
    Whatever is raised or closed was so by the month's end: the rules set aside a row that says otherwise. -#}
{%- set counts = {
    'issues_raised': (
        'located.raised_on >= located.month_start_on', 'located.raised_on >= located.year_start_on', ['raised_on'],
    ),
    'issues_closed': (
        'located.closed_on >= located.month_start_on', 'located.closed_on >= located.year_start_on', ['closed_on'],
    ),
    'issues_open': ('not located.is_closed', 'not located.is_closed', ['status', 'closed_on']),
    'issues_overdue': (
        'not located.is_closed and located.is_due', 'not located.is_closed and located.is_due',
        ['status', 'closed_on', 'due_on'],
    ),
} %}

with ledger_months as (

    select
        feed_months.period,
        periods.month_start_on,
        periods.month_end_on,
        {{ period_start("concat(substr(feed_months.period, 1, 4), '-01')") }} as year_start_on
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    where feed_months.feed = 'ledger_issues' and feed_months.is_delivered

),

issues as (

    select
        period,
        town_code,
        raised_on,
        due_on,
        closed_on,
        is_closed,
        _warnings as warnings,
        _revised as revised
    from {{ ref('int_ledger_issues') }}

),

indicators as (

    select
        indicator_code,
        unit,
        nature
    from {{ ref('indicator_list') }}
    where source_feed = 'ledger_issues'

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

-- Every issue in its town and in the whole city; one that names no town in the city alone.
located as (

    select
        issues.period,
        places.town_code,
        ledger_months.month_start_on,
        ledger_months.year_start_on,
        issues.raised_on,
        issues.closed_on,
        issues.is_closed,
        issues.due_on <= ledger_months.month_end_on as is_due,
        issues.warnings,
        issues.revised,
        places.town_code <> 'all' and {{ is_revised_in('issues.revised', ['town_code']) }} as is_moved
    from issues
    inner join ledger_months on issues.period = ledger_months.period
    inner join places on places.town_code in (issues.town_code, 'all')

),

-- What each issue gives to each figure; `base` is what a rate divides by.
contributions as (
    {% for indicator_code, (month, ytd, columns) in counts.items() %}
    select
        located.period,
        located.town_code,
        '{{ indicator_code }}' as indicator_code,
        case when {{ month }} then 1 else 0 end as value,
        1 as value_ytd,
        0 as base,
        located.warnings,
        located.is_moved or {{ is_revised_in('located.revised', columns) }} as is_revised
    from located
    where {{ ytd }}
    union all
    {% endfor %}
    select
        located.period,
        located.town_code,
        'issue_close_rate' as indicator_code,
        case when located.is_closed then 1 else 0 end as value,
        case when located.is_closed then 1 else 0 end as value_ytd,
        1 as base,
        located.warnings,
        located.is_moved
        or {{ is_revised_in('located.revised', ['status', 'closed_on', 'due_on']) }} as is_revised
    from located
    where located.is_due

),

totals as (

    select
        period,
        town_code,
        indicator_code,
        sum(value) as value,
        sum(value_ytd) as value_ytd,
        sum(base) as base,
        count(*) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, town_code, indicator_code

),

-- No issue at all is 0; a rate of none that are due is no figure.
final as (

    select
        ledger_months.period,
        places.town_code,
        indicators.indicator_code,
        'all' as breakdown,
        indicators.unit,
        case
            when indicators.nature = 'rate' then {{ round_ratio('totals.value', 'totals.base', 100, 2) }}
            else cast(coalesce(totals.value, 0) as decimal(18, 4))
        end as value,
        case
            when indicators.nature = 'rate' then {{ round_ratio('totals.value_ytd', 'totals.base', 100, 2) }}
            else cast(coalesce(totals.value_ytd, 0) as decimal(18, 4))
        end as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        cast(coalesce(totals.contributors, 0) as integer) as contributors,
        totals.flags,
        coalesce(totals.is_revised, false) as is_revised
    from ledger_months
    cross join places
    cross join indicators
    left join totals
        on
            ledger_months.period = totals.period
            and places.town_code = totals.town_code
            and indicators.indicator_code = totals.indicator_code

)

select * from final

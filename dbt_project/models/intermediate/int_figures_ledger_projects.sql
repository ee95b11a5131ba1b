-- grain: one row per period, town (and all), indicator and breakdown
{#- An indicator that counts: which projects, and the columns that decide it. -#}
{%- set counts = {
    'projects': ('true', []),
    'projects_started': ('located.is_started', ['stage', 'actual_start']),
    'projects_finished': ('located.is_finished', ['stage']),
    'projects_in_production': ('located.is_in_production', ['stage']),
    'projects_at_capacity': ('located.is_at_capacity', ['stage']),
    'projects_alerted': (
        "located.alert <> 'none'",
        [
            'stage', 'planned_start', 'actual_start', 'planned_finish', 'planned_investment_year',
            'completed_investment_month', 'completed_investment_ytd',
        ],
    ),
} %}
{#- Those that also count the projects whose name holds a keyword of a target. -#}
{%- set keyword_counts = [
    'projects_finished', 'projects_in_production', 'projects_at_capacity',
] %}
{#- An indicator that adds: its column for the month, for the year to date, and what divides it. -#}
{%- set amounts = {
    'investment_total': ('total_investment', 'total_investment', none),
    'investment_planned': ('planned_investment_year', 'planned_investment_year', none),
    'investment_completed': ('completed_investment_month', 'completed_investment_ytd', none),
    'investment_completion_rate': (
        'completed_investment_ytd', 'completed_investment_ytd', 'planned_investment_year',
    ),
} %}

with ledger_months as (

    select period
    from {{ ref('int_feed_months') }}
    where feed = 'ledger_projects' and is_delivered

),

projects as (

    select
        period,
        project_id,
        project_name,
        town_code,
        stage,
        total_investment,
        planned_investment_year,
        completed_investment_month,
        completed_investment_ytd,
        capacity_quantity,
        capacity_unit,
        _warnings as warnings,
        _revised as revised
    from {{ ref('int_ledger_projects') }}

),

statuses as (

    select
        period,
        project_id,
        is_started,
        is_finished,
        is_in_production,
        is_at_capacity,
        alert
    from {{ ref('int_project_status') }}

),

indicators as (

    select
        indicator_code,
        unit,
        nature
    from {{ ref('indicator_list') }}
    where source_feed = 'ledger_projects'

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

named_keywords as (

    select
        read_town_code,
        breakdown as keyword
    from {{ ref('int_target_parts') }}
    where
        breakdown <> 'all'
        and indicator_code in ('{{ keyword_counts | join("', '") }}')

),

-- A keyword is counted in the town of its target, and in the whole city.
keywords as (

    select
        read_town_code as town_code,
        keyword
    from named_keywords
    union distinct
    select
        'all' as town_code,
        keyword
    from named_keywords

),

-- Every project twice: in its town and in the whole city, which does not feel a change of town.
located as (

    select
        projects.period,
        places.town_code,
        projects.project_name,
        projects.stage,
        projects.total_investment,
        projects.planned_investment_year,
        projects.completed_investment_month,
        projects.completed_investment_ytd,
        projects.capacity_quantity,
        projects.capacity_unit,
        projects.warnings,
        projects.revised,
        places.town_code <> 'all' and {{ is_revised_in('projects.revised', ['town_code']) }}
            as is_moved,
        statuses.is_started,
        statuses.is_finished,
        statuses.is_in_production,
        statuses.is_at_capacity,
        statuses.alert
    from projects
    inner join statuses
        on
            projects.period = statuses.period
            and projects.project_id = statuses.project_id
    inner join places
        on places.town_code in (projects.town_code, 'all')

),

-- What each project gives to each figure.
contributions as (
    {% for indicator_code, (condition, columns) in counts.items() %}
    select
        located.period,
        located.town_code,
        '{{ indicator_code }}' as indicator_code,
        'all' as breakdown,
        cast(1 as decimal(18, 4)) as value,
        cast(1 as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as base,
        located.warnings,
        located.is_moved
        {%- if columns %}
        or {{ is_revised_in('located.revised', columns) }}
        {%- endif %} as is_revised
    from located
    where {{ condition }}
    union all
    {% endfor -%}
    {% for indicator_code in keyword_counts %}
    select
        located.period,
        located.town_code,
        '{{ indicator_code }}' as indicator_code,
        keywords.keyword as breakdown,
        cast(1 as decimal(18, 4)) as value,
        cast(1 as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as base,
        located.warnings,
        located.is_moved
        or {{ is_revised_in('located.revised', ['stage', 'project_name']) }} as is_revised
    from located
    inner join keywords
        on
            located.town_code = keywords.town_code
            and instr(located.project_name, keywords.keyword) > 0
    where {{ counts[indicator_code][0] }}
    union all
    {% endfor -%}
    {% for indicator_code, (month, ytd, base) in amounts.items() %}
    select
        located.period,
        located.town_code,
        '{{ indicator_code }}' as indicator_code,
        'all' as breakdown,
        located.{{ month }} as value,
        located.{{ ytd }} as value_ytd,
        {{ 'located.' ~ base if base else 'cast(null as decimal(18, 4))' }} as base,
        located.warnings,
        located.is_moved
        or {{ is_revised_in('located.revised', [month, ytd, base] | select) }} as is_revised
    from located
    union all
    {% endfor %}
    select
        located.period,
        located.town_code,
        'projects' as indicator_code,
        located.stage as breakdown,
        cast(1 as decimal(18, 4)) as value,
        cast(1 as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as base,
        located.warnings,
        located.is_moved or {{ is_revised_in('located.revised', ['stage']) }} as is_revised
    from located
    where located.stage is not null
    union all
    select
        located.period,
        located.town_code,
        'capacity_completed' as indicator_code,
        located.capacity_unit as breakdown,
        located.capacity_quantity as value,
        located.capacity_quantity as value_ytd,
        cast(null as decimal(18, 4)) as base,
        located.warnings,
        located.is_moved
        or {{ is_revised_in('located.revised', ['stage', 'capacity_quantity', 'capacity_unit']) }}
            as is_revised
    from located
    where
        located.is_in_production
        and located.capacity_quantity is not null
        and located.capacity_unit is not null

),

totals as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        cast(sum(value) as decimal(18, 4)) as value,
        cast(sum(value_ytd) as decimal(18, 4)) as value_ytd,
        cast(sum(base) as decimal(18, 4)) as base,
        count(coalesce(value, value_ytd, base)) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, town_code, indicator_code, breakdown

),

-- Figures that stand even at 0, and those that only exist where something contributes.
figures as (

    select
        ledger_months.period,
        places.town_code,
        indicators.indicator_code,
        'all' as breakdown
    from ledger_months
    cross join places
    cross join indicators
    where indicators.indicator_code <> 'capacity_completed'
    union distinct
    select
        ledger_months.period,
        keywords.town_code,
        indicators.indicator_code,
        keywords.keyword as breakdown
    from ledger_months
    cross join keywords
    inner join indicators
        on indicators.indicator_code in ('{{ keyword_counts | join("', '") }}')
    union distinct
    select
        totals.period,
        totals.town_code,
        totals.indicator_code,
        totals.breakdown
    from totals
    inner join ledger_months
        on totals.period = ledger_months.period

),

-- No project at all is 0; projects that all leave the cell empty are a missing figure.
final as (

    select
        figures.period,
        figures.town_code,
        figures.indicator_code,
        figures.breakdown,
        case
            when figures.indicator_code = 'capacity_completed' then figures.breakdown
            else indicators.unit
        end as unit,
        case
            when indicators.nature = 'rate'
                then {{ round_ratio('totals.value', 'totals.base', 100, 2) }}
            when totals.period is null then cast(0 as decimal(18, 4))
            else totals.value
        end as value,
        case
            when indicators.nature = 'rate'
                then {{ round_ratio('totals.value_ytd', 'totals.base', 100, 2) }}
            when totals.period is null then cast(0 as decimal(18, 4))
            else totals.value_ytd
        end as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        cast(coalesce(totals.contributors, 0) as integer) as contributors,
        totals.flags,
        coalesce(totals.is_revised, false) as is_revised
    from figures
    inner join indicators
        on figures.indicator_code = indicators.indicator_code
    left join totals
        on
            figures.period = totals.period
            and figures.town_code = totals.town_code
            and figures.indicator_code = totals.indicator_code
            and figures.breakdown = totals.breakdown

)

select * from final

-- grain: one row per period, town (and all), indicator, breakdown and project
with ledger_months as (

    {{ ledger_months('ledger_projects') }}

),

named_keywords as (

    select
        target_parts.read_town_code,
        target_parts.breakdown as keyword
    from {{ ref('int_target_parts') }} as target_parts
    inner join {{ ref('indicator_list') }} as indicators on target_parts.indicator_code = indicators.indicator_code
    where
        target_parts.breakdown <> 'all'
        and instr(concat('|', indicators.breakdowns, '|'), '|keyword|') > 0

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

-- Every project in its town and in the whole city, which does not feel a change of town.
placed as (

    select
        projects.period,
        places.town_code,
        projects.project_id as contributor,
        projects._row_id as row_id,
        projects.project_name,
        projects.stage,
        projects.total_investment,
        projects.planned_investment_year,
        projects.completed_investment_month,
        projects.completed_investment_ytd,
        projects.capacity_quantity,
        projects.capacity_unit,
        statuses.is_started,
        statuses.is_finished,
        statuses.is_in_production,
        statuses.is_at_capacity,
        statuses.alert,
        projects._warnings as warnings,
        projects._revised as revised,
        places.town_code <> 'all' and {{ is_revised_in('projects._revised', ['town_code']) }} as is_moved
    from {{ ref('int_ledger_projects') }} as projects
    inner join ledger_months on projects.period = ledger_months.period
    inner join {{ ref('int_project_status') }} as statuses
        on
            projects.period = statuses.period
            and projects.project_id = statuses.project_id
    inner join {{ ref('int_places') }} as places on places.town_code in (projects.town_code, 'all')

),

{{ contributions(
    'ledger_projects',
    items={
        'projects': {'value': '1'},
        'total_investment': {'value': 'placed.total_investment', 'columns': ['total_investment']},
        'planned_investment': {
            'value': 'placed.planned_investment_year', 'columns': ['planned_investment_year'],
        },
        'completed_investment': {
            'value': 'placed.completed_investment_month', 'value_ytd': 'placed.completed_investment_ytd',
            'columns': ['completed_investment_month', 'completed_investment_ytd'],
        },
        'completion': {
            'value': 'placed.completed_investment_ytd', 'base': 'placed.planned_investment_year',
            'columns': ['completed_investment_ytd', 'planned_investment_year'],
        },
        'capacity': {
            'value': 'placed.capacity_quantity', 'unit': 'placed.capacity_unit',
            'columns': ['capacity_quantity', 'capacity_unit'],
        },
    },
    conditions={
        'started': {'month': 'placed.is_started', 'columns': ['stage', 'actual_start']},
        'finished': {'month': 'placed.is_finished', 'columns': ['stage']},
        'in_production': {'month': 'placed.is_in_production', 'columns': ['stage']},
        'at_capacity': {'month': 'placed.is_at_capacity', 'columns': ['stage']},
        'alerted': {
            'month': "placed.alert <> 'none'",
            'columns': [
                'stage', 'planned_start', 'actual_start', 'planned_finish', 'planned_investment_year',
                'completed_investment_month', 'completed_investment_ytd',
            ],
        },
    },
    parts={
        'stage': {'breakdown': 'asked.stage', 'columns': ['stage']},
        'unit': {'breakdown': 'asked.capacity_unit', 'where': 'asked.capacity_quantity is not null'},
        'keyword': {
            'breakdown': 'keywords.keyword',
            'join': 'inner join keywords on asked.town_code = keywords.town_code '
                ~ 'and instr(asked.project_name, keywords.keyword) > 0',
            'columns': ['project_name'],
        },
    },
) }}

select * from final

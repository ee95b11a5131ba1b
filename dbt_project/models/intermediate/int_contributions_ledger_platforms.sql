-- grain: one row per period, town (and all), indicator, breakdown and platform
with ledger_months as (

    {{ ledger_months('ledger_platforms') }}

),

-- Every platform in its town and in the whole city, which does not feel a change of town. Without a state or a date
-- of opening it does not count (rule R-PLAT-009 tells).
placed as (

    select
        platforms.period,
        places.town_code,
        platforms.platform_id as contributor,
        platforms._row_id as row_id,
        platforms.platform_type,
        platforms.is_running and platforms.opened_on <= ledger_months.month_end_on as is_operating,
        platforms._warnings as warnings,
        platforms._revised as revised,
        places.town_code <> 'all' and {{ is_revised_in('platforms._revised', ['town_code']) }} as is_moved
    from {{ ref('int_ledger_platforms') }} as platforms
    inner join ledger_months on platforms.period = ledger_months.period
    inner join {{ ref('int_places') }} as places on places.town_code in (platforms.town_code, 'all')

),

{#- One that does not count, but for a doubtful cell, marks the figure too. #}

{{ contributions(
    'ledger_platforms',
    items={'platforms': {'value': '1'}},
    conditions={'operating': {'month': 'placed.is_operating', 'columns': ['operating_status', 'opened_on']}},
    parts={'platform_type': {'breakdown': 'asked.platform_type', 'columns': ['platform_type']}},
    marks_all=true,
) }}

select * from final

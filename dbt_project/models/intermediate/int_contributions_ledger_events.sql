-- grain: one row per period, town (and all), indicator, breakdown and event that is asked for it
with ledger_months as (

    {{ ledger_months('ledger_events') }}

),

-- Every event in its town and in the whole city, which does not feel a change of town.
placed as (

    select
        events.period,
        places.town_code,
        events.event_id as contributor,
        events._row_id as row_id,
        events.event_type,
        events.deal_value,
        -- What lies ahead waits.
        events.held_on between ledger_months.month_start_on and ledger_months.month_end_on as is_of_month,
        events.held_on between ledger_months.year_start_on and ledger_months.month_end_on as is_of_year,
        events._warnings as warnings,
        events._revised as revised,
        places.town_code <> 'all' and {{ is_revised_in('events._revised', ['town_code']) }} as is_moved
    from {{ ref('int_ledger_events') }} as events
    inner join ledger_months on events.period = ledger_months.period
    inner join {{ ref('int_places') }} as places on places.town_code in (events.town_code, 'all')

),

{{ contributions(
    'ledger_events',
    items={
        'events': {'value': '1'},
        'deal_value': {'value': 'placed.deal_value', 'columns': ['deal_value']},
    },
    conditions={
        'held': {'month': 'placed.is_of_month', 'year': 'placed.is_of_year', 'columns': ['held_on']},
    },
    parts={'event_type': {'breakdown': 'asked.event_type', 'columns': ['event_type']}},
) }}

select * from final

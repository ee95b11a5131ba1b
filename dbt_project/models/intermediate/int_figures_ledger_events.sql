-- grain: one row per period, town (and all), indicator and breakdown
with ledger_months as (

    select
        feed_months.period,
        periods.month_start_on,
        periods.month_end_on,
        {{ period_start("concat(substr(feed_months.period, 1, 4), '-01')") }} as year_start_on
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    where feed_months.feed = 'ledger_events' and feed_months.is_delivered

),

events as (

    select
        period,
        town_code,
        event_type,
        held_on,
        deal_value,
        _warnings as warnings,
        _revised as revised
    from {{ ref('int_ledger_events') }}

),

indicators as (

    select
        indicator_code,
        unit
    from {{ ref('indicator_list') }}
    where source_feed = 'ledger_events'

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

event_types as (

    select event_type
    from {{ ref('event_type_list') }}

),

-- A kind of event that a target names, in the town of the target and in the whole city.
named_parts as (

    select distinct
        places.town_code,
        target_parts.indicator_code,
        target_parts.breakdown
    from {{ ref('int_target_parts') }} as target_parts
    inner join event_types on target_parts.breakdown = event_types.event_type
    inner join places on places.town_code in (target_parts.read_town_code, 'all')
    where target_parts.indicator_code = 'events_held'

),

-- What was held this year by the month's end, in its town and in the whole city. An event that lies ahead waits.
located as (

    select
        events.period,
        places.town_code,
        events.event_type,
        events.deal_value,
        events.held_on >= ledger_months.month_start_on as is_in_month,
        events.warnings,
        events.revised,
        places.town_code <> 'all' and {{ is_revised_in('events.revised', ['town_code']) }} as is_moved
    from events
    inner join ledger_months
        on
            events.period = ledger_months.period
            and events.held_on between ledger_months.year_start_on and ledger_months.month_end_on
    inner join places on places.town_code in (events.town_code, 'all')

),

contributions as (

    select
        period,
        town_code,
        'events_held' as indicator_code,
        'all' as breakdown,
        cast(1 as decimal(18, 4)) as amount,
        is_in_month,
        warnings,
        is_moved or {{ is_revised_in('revised', ['held_on']) }} as is_revised
    from located
    union all
    select
        period,
        town_code,
        'events_held' as indicator_code,
        event_type as breakdown,
        cast(1 as decimal(18, 4)) as amount,
        is_in_month,
        warnings,
        is_moved or {{ is_revised_in('revised', ['held_on', 'event_type']) }} as is_revised
    from located
    union all
    select
        period,
        town_code,
        'event_deal_value' as indicator_code,
        'all' as breakdown,
        deal_value as amount,
        is_in_month,
        warnings,
        is_moved or {{ is_revised_in('revised', ['held_on', 'deal_value']) }} as is_revised
    from located

),

{{ dated_figures() }}

select * from final

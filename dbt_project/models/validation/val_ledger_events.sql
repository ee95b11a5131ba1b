-- grain: one row per delivered row and broken rule; an event that vanished stands with last month's row
with {{ jumped_and_vanished(
    'ledger_events', jumps='R-EVT-004', vanishes='R-EVT-006', key='event_id'
) }},

across_with_severity as (

    {{ with_severity('ledger_events', 'across') }}

),

final as (

    {{ all_broken('ledger_events') }}

)

select * from final

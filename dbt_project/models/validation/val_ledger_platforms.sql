-- grain: one row per delivered row and broken rule; a platform that vanished stands with last month's row
with {{ jumped_and_vanished(
    'ledger_platforms', jumps='R-PLAT-004', vanishes='R-PLAT-006', key='platform_id'
) }},

across_with_severity as (

    {{ with_severity('ledger_platforms', 'across') }}

),

final as (

    {{ all_broken('ledger_platforms') }}

)

select * from final

-- grain: one row per delivered row and broken rule; money that vanished stands with last month's row
with {{ jumped_and_vanished(
    'ledger_funds', jumps='R-FUND-004', vanishes='R-FUND-006', key='project_id|fund_type|allocated_on'
) }},

across_with_severity as (

    {{ with_severity('ledger_funds', 'across') }}

),

final as (

    {{ all_broken('ledger_funds') }}

)

select * from final

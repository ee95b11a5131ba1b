-- grain: one row per delivered row and broken rule; a task that vanished stands with last month's row
with {{ jumped_and_vanished(
    'ledger_tasks', jumps='R-TASK-004', vanishes='R-TASK-006', key='task_id'
) }},

across_with_severity as (

    {{ with_severity('ledger_tasks', 'across') }}

),

final as (

    {{ all_broken('ledger_tasks') }}

)

select * from final

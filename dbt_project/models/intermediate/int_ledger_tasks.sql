-- grain: one row per month and task: the used ledger rows
with {{ used_row_ctes('ledger_tasks') }},

final as (

    {{ used_rows('ledger_tasks', [
        'task_id', 'plan_clause', 'task_name', 'lead_unit', 'responsible_unit', 'due_on', 'progress_note',
        'status', 'completed_on', 'quantified_value', 'quantified_unit', 'is_done',
    ]) }}

)

select * from final

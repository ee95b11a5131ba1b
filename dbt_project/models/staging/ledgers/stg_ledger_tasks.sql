-- grain: one row per delivered row (data, 合计 or damaged line)
with raw_rows as (

    {{ raw_rows('ledger_tasks') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.task_id') }} as task_id_delivered,
        {{ parse_text('raw_rows.task_name') }} as task_name,
        {{ parse_text('raw_rows.lead_unit') }} as lead_unit,
        {{ parse_text('raw_rows.responsible_unit') }} as responsible_unit,
        {{ parse_last_day('raw_rows.due_on') }} as due_on,
        raw_rows.due_on as due_on_cell,
        {{ parse_text('raw_rows.progress_note') }} as progress_note,
        {{ parse_text('raw_rows.status') }} as status_delivered,
        {{ parse_date('raw_rows.completed_on') }} as completed_on,
        raw_rows.completed_on as completed_on_cell,
        raw_rows.quantified_value as quantified_value_cell,
        coalesce(
            {{ capacity_number('raw_rows.quantified_value') }},
            cast({{ parse_number('raw_rows.quantified_value') }} as decimal(18, 4))
        ) as quantified_value,
        {{ capacity_unit('raw_rows.quantified_value') }} as quantified_unit
    from raw_rows

),

numbered as (

    select
        typed.*,
        {{ clause_key('typed.task_id_delivered') }} as task_id
    from typed

),

final as (

    select
        {{ lineage_columns('numbered') }}
        numbered.task_id,
        clauses.clause as plan_clause,
        numbered.task_name,
        numbered.lead_unit,
        numbered.responsible_unit,
        numbered.due_on,
        numbered.progress_note,
        statuses.status,
        numbered.completed_on,
        numbered.quantified_value,
        numbered.quantified_unit,
        {{ unreadable_columns([
            ('due_on', 'numbered.due_on_cell', 'numbered.due_on'),
            ('status', 'numbered.status_delivered', 'statuses.status'),
            ('completed_on', 'numbered.completed_on_cell', 'numbered.completed_on'),
            ('quantified_value', 'numbered.quantified_value_cell', 'numbered.quantified_value'),
        ]) }}
        {{ impossible_dates([
            ('due_on', 'numbered.due_on_cell', 'numbered.due_on'),
            ('completed_on', 'numbered.completed_on_cell', 'numbered.completed_on'),
        ]) }},
        statuses.is_done
    from numbered
    left join {{ ref('stg_plan_clauses') }} as clauses
        on regexp_extract(numbered.task_id, '^([^/]+)(/[0-9]+)?$', 1) = clauses.clause_key
    left join {{ ref('task_status_list') }} as statuses
        on {{ fold_name('numbered.status_delivered') }} = statuses.status

)

select * from final

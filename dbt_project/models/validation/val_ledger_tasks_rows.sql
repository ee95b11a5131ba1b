-- grain: one row per delivered data row of the task ledger
with staged as (

    {{ staged_rows('ledger_tasks') }}

),

{%- set texts = [
    'task_name', 'lead_unit', 'responsible_unit', 'progress_note', 'status', 'quantified_unit',
] %}
{%- set figures = ['due_on', 'completed_on', 'quantified_value'] %}

{{ row_status(
    key='staged.task_id',
    name='staged.task_name',
    content_columns=['task_id'] + texts + figures,
    revisable_columns=['status'] + figures,
) }},

final as (

    select
        _period,
        _row_id,
        _delivery_id,
        _file,
        _sheet,
        _row,
        _row_kind,
        _row_key,
        _status,
        _is_duplicate_key,
        _repeats,
        _revised,
        task_id,
        plan_clause,
        {%- for column in texts + figures %}
        {{ column }},
        {%- endfor %}
        is_done,
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

-- grain: one row per delivered data row of the project ledger
with staged as (

    {{ staged_rows('ledger_projects') }}

),

{%- set figures = ledger_projects_amounts() + ledger_projects_dates() + [
    'stage', 'capacity_quantity', 'capacity_unit',
] %}
{%- set texts = ['project_name', 'owner', 'project_type', 'responsible_unit', 'township', 'problems'] %}

{{ row_status(
    key='staged.project_id',
    name='staged.project_name',
    content_columns=['project_id', 'town', 'credit_code', 'progress_note'] + texts + figures,
    revisable_columns=['town_code', 'project_name'] + figures,
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
        project_id,
        town,
        town_code,
        credit_code,
        {%- for column in texts + figures %}
        {{ column }},
        {%- endfor %}
        stage_order,
        progress_note,
        _has_valid_code,
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

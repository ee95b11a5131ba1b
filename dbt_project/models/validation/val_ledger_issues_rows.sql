-- grain: one row per delivered data row of the issue ledger
with staged as (

    {{ staged_rows('ledger_issues') }}

),

{%- set texts = [
    'subject', 'category', 'problem', 'lead_unit', 'supporting_unit', 'measures', 'status',
] %}
{%- set dates = ['raised_on', 'due_on', 'closed_on'] %}

{{ row_status(
    key='staged.issue_id',
    name="concat(staged.problem, '|', staged.lead_unit, '|', cast(staged.raised_on as " ~ dbt.type_string() ~ '))',
    content_columns=['issue_id', 'town'] + texts + dates,
    revisable_columns=['town_code', 'category', 'status'] + dates,
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
        issue_id,
        town,
        town_code,
        {%- for column in texts + dates %}
        {{ column }},
        {%- endfor %}
        closed_at_latest_on,
        is_called_closed,
        is_closed,
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

-- grain: one row per delivered data row of the event ledger
with staged as (

    {{ staged_rows('ledger_events') }}

),

{%- set figures = ['event_type', 'held_on'] + ledger_events_figures() %}

{{ row_status(
    key='staged.event_id',
    name="case when staged.event_name is not null and staged.held_on is not null then concat("
        ~ "staged.event_name, ' ', cast(staged.held_on as " ~ dbt.type_string() ~ ')) end',
    content_columns=['event_id', 'event_name', 'town'] + figures,
    revisable_columns=['town_code', 'event_name'] + figures,
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
        event_id,
        event_name,
        town,
        town_code,
        {%- for column in figures %}
        {{ column }},
        {%- endfor %}
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

-- grain: one row per delivered data row of the platform ledger
with staged as (

    {{ staged_rows('ledger_platforms') }}

),

{%- set columns = [
    'platform_name', 'platform_type', 'opened_on', 'operating_status', 'enterprises_served',
] %}

{{ row_status(
    key='staged.platform_id',
    name='staged.platform_name',
    content_columns=['platform_id', 'town', 'operator'] + columns,
    revisable_columns=['town_code'] + columns,
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
        platform_id,
        town,
        town_code,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        is_running,
        operator,
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

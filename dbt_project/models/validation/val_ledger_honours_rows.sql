-- grain: one row per delivered data row of the ledger of honours
with staged as (

    {{ staged_rows('ledger_honours') }}

),

{%- set columns = ['honour_level', 'credit_code', 'holder', 'granted_on', 'expires_on'] %}

{{ row_status(
    key="case when staged.certificate_no is not null and staged.honour_type is not null "
        ~ "then concat(staged.certificate_no, ' ', staged.honour_type) end",
    name="case when coalesce(staged.holder, staged.credit_code) is not null "
        ~ 'and staged.honour_type is not null and staged.granted_on is not null '
        ~ "then concat(coalesce(staged.holder, staged.credit_code), ' ', staged.honour_type, ' ', "
        ~ 'cast(staged.granted_on as ' ~ dbt.type_string() ~ ')) end',
    content_columns=['certificate_no', 'honour_type', 'town'] + columns,
    revisable_columns=['town_code', 'honour_level', 'granted_on', 'expires_on'],
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
        certificate_no,
        honour_type,
        town,
        town_code,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        _has_valid_code,
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

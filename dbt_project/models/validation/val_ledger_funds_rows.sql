-- grain: one row per delivered data row of the fund ledger
with staged as (

    {{ staged_rows('ledger_funds') }}

),

{%- set amounts = ledger_funds_amounts() %}
{%- set date_text = 'cast(staged.allocated_on as ' ~ dbt.type_string() ~ ')' %}

{{ row_status(
    key='case when staged.project_id is not null and staged.fund_type is not null '
        ~ 'and staged.allocated_on is not null '
        ~ "then concat(staged.project_id, ' ', staged.fund_type, ' ', " ~ date_text ~ ') end',
    name='case when staged.beneficiary is not null and staged.amount is not null '
        ~ "then concat(staged.beneficiary, ' ', cast(staged.amount as " ~ dbt.type_string() ~ ')) end',
    content_columns=['project_id', 'fund_type', 'town', 'beneficiary', 'allocated_on'] + amounts,
    revisable_columns=['town_code', 'beneficiary'] + amounts,
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
        fund_type,
        town,
        town_code,
        beneficiary,
        allocated_on,
        {%- for column in amounts %}
        {{ column }},
        {%- endfor %}
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

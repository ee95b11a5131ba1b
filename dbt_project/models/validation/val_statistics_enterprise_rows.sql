-- grain: one row per delivered data row of the enterprise return
with staged as (

    {{ staged_rows('statistics_enterprise') }}

),

{%- set figures = statistics_enterprise_columns() %}
{%- set content = ['credit_code', 'enterprise_name', 'town', 'industry_code', 'is_above_scale'] + figures %}

{{ row_status(
    key="case when staged._has_valid_code then staged.credit_code end",
    name='staged.enterprise_name',
    content_columns=content,
    revisable_columns=['town_code', 'industry_code', 'is_above_scale'] + figures,
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
        credit_code,
        enterprise_name,
        town,
        town_code,
        industry_code,
        is_above_scale,
        {%- for figure in figures %}
        {{ figure }},
        {%- endfor %}
        _has_valid_code,
        _unreadable,
        _unreadable_cells
    from confronted

)

select * from final

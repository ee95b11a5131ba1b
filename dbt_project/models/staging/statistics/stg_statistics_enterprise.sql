-- grain: one row per delivered row (data, 合计 or damaged line)
{%- set money_items = [
    'gross_output_value', 'operating_revenue', 'total_profit', 'tax_paid', 'export_value', 'rd_expense',
    'online_retail_sales',
] %}
{%- set items = money_items + ['electricity_use'] %}
{%- set parts = ['month', 'ytd', 'ytd_prior'] %}

with raw_rows as (

    {{ raw_rows('statistics_enterprise') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.credit_code') }} as credit_code,
        {{ parse_text('raw_rows.enterprise_name') }} as enterprise_name,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_code('raw_rows.industry_code') }} as industry_code,
        {{ parse_flag('raw_rows.is_above_scale') }} as is_above_scale,
        {{ parse_quantity('raw_rows.employees', 'raw_rows.employees__unit', 'person') }} as employees,
        {%- for item in items %}
        {%- for part in parts %}
        {%- set column = item ~ '_' ~ part %}
        {{ parse_quantity(
            'raw_rows.' ~ column, 'raw_rows.' ~ column ~ '__unit', 'energy' if item == 'electricity_use' else 'money'
        ) }} as {{ column }},
        {%- endfor %}
        {%- endfor %}
        {%- for item in items %}
        {%- for part in parts %}
        raw_rows.{{ item }}_{{ part }} as {{ item }}_{{ part }}_cell,
        {%- endfor %}
        {%- endfor %}
        raw_rows.is_above_scale as is_above_scale_cell,
        raw_rows.employees as employees_cell
    from raw_rows

),

{% set cells = ['is_above_scale', 'employees'] %}
{%- for item in items %}{% for part in parts %}{% do cells.append(item ~ '_' ~ part) %}{% endfor %}{% endfor %}
{%- set pairs = [] %}
{%- for cell in cells %}{% do pairs.append((cell, 'typed.' ~ cell ~ '_cell', 'typed.' ~ cell)) %}{% endfor -%}

final as (

    select
        {{ lineage_columns('typed') }}
        typed.credit_code,
        typed.enterprise_name,
        typed.town,
        town_names.town_code,
        typed.industry_code,
        typed.is_above_scale,
        typed.employees,
        {%- for item in items %}
        {%- for part in parts %}
        typed.{{ item }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        {{ is_credit_code('typed.credit_code') }} as _has_valid_code,
        {{ unreadable_columns(pairs) }}
    from typed
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('typed.town') }} = town_names.town_name_folded

)

select * from final

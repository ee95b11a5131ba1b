-- grain: one row per delivered row (data, 合计 or damaged line)
{%- set amounts = ledger_projects_amounts() %}
{%- set dates = ledger_projects_dates() %}

with raw_rows as (

    {{ raw_rows('ledger_projects') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.project_id') }} as project_id,
        {{ parse_text('raw_rows.project_name') }} as project_name,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_text('raw_rows.owner') }} as owner,
        {{ parse_code('raw_rows.credit_code') }} as credit_code,
        {{ parse_text('raw_rows.project_type') }} as project_type,
        {%- for amount in amounts %}
        {{ parse_money('raw_rows.' ~ amount, 'raw_rows.' ~ amount ~ '__unit') }} as {{ amount }},
        raw_rows.{{ amount }} as {{ amount }}_cell,
        {%- endfor %}
        {%- for date in dates %}
        {{ parse_date('raw_rows.' ~ date) }} as {{ date }},
        raw_rows.{{ date }} as {{ date }}_cell,
        {%- endfor %}
        {{ parse_text('raw_rows.stage') }} as stage_delivered,
        {{ parse_text('raw_rows.progress_note') }} as progress_note,
        {{ parse_text('raw_rows.responsible_unit') }} as responsible_unit,
        {{ parse_text('raw_rows.township') }} as township,
        {{ parse_text('raw_rows.problems') }} as problems,
        raw_rows.design_capacity as design_capacity_cell,
        {{ capacity_number('raw_rows.design_capacity') }} as capacity_quantity,
        {{ capacity_unit('raw_rows.design_capacity') }} as capacity_unit
    from raw_rows

),

{% set pairs = [('stage', 'typed.stage_delivered', 'stages.stage')] %}
{%- for column in amounts + dates %}
{%- do pairs.append((column, 'typed.' ~ column ~ '_cell', 'typed.' ~ column)) %}
{%- endfor %}
{%- set date_pairs = [] %}
{%- for date in dates %}{% do date_pairs.append((date, 'typed.' ~ date ~ '_cell', 'typed.' ~ date)) %}{% endfor %}
{%- do pairs.append(('design_capacity', 'typed.design_capacity_cell', 'typed.capacity_quantity')) -%}

final as (

    select
        {{ lineage_columns('typed') }}
        typed.project_id,
        typed.project_name,
        typed.town,
        town_names.town_code,
        typed.owner,
        typed.credit_code,
        typed.project_type,
        {%- for column in amounts + dates %}
        typed.{{ column }},
        {%- endfor %}
        stages.stage,
        stages.stage_order,
        typed.progress_note,
        typed.responsible_unit,
        typed.township,
        typed.problems,
        typed.capacity_quantity,
        typed.capacity_unit,
        {{ is_credit_code('typed.credit_code') }} as _has_valid_code,
        {{ unreadable_columns(pairs) }}
        {{ impossible_dates(date_pairs) }}
    from typed
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('typed.town') }} = town_names.town_name_folded
    left join {{ ref('stage_list') }} as stages on {{ fold_name('typed.stage_delivered') }} = stages.stage

)

select * from final

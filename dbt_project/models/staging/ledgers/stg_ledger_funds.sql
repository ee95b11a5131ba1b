-- grain: one row per delivered row (data, 合计 or damaged line)
{%- set amounts = ledger_funds_amounts() %}

with raw_rows as (

    {{ raw_rows('ledger_funds') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.project_id') }} as project_id,
        {{ parse_text('raw_rows.fund_type') }} as fund_type_delivered,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_text('raw_rows.beneficiary') }} as beneficiary,
        {%- for amount in amounts %}
        {{ parse_money('raw_rows.' ~ amount, 'raw_rows.' ~ amount ~ '__unit') }} as {{ amount }},
        raw_rows.{{ amount }} as {{ amount }}_cell,
        {%- endfor %}
        {{ parse_date('raw_rows.allocated_on') }} as allocated_on,
        raw_rows.allocated_on as allocated_on_cell
    from raw_rows

),

{% set pairs = [
    ('fund_type', 'typed.fund_type_delivered', 'fund_types.fund_type'),
    ('allocated_on', 'typed.allocated_on_cell', 'typed.allocated_on'),
] %}
{%- for amount in amounts %}
{%- do pairs.append((amount, 'typed.' ~ amount ~ '_cell', 'typed.' ~ amount)) %}
{%- endfor -%}

final as (

    select
        {{ lineage_columns('typed') }}
        typed.project_id,
        fund_types.fund_type,
        typed.town,
        town_names.town_code,
        typed.beneficiary,
        {%- for amount in amounts %}
        typed.{{ amount }},
        {%- endfor %}
        {{ unreadable_columns(pairs) }}
        {{ impossible_dates([('allocated_on', 'typed.allocated_on_cell', 'typed.allocated_on')]) }},
        typed.allocated_on
    from typed
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('typed.town') }} = town_names.town_name_folded
    left join {{ ref('fund_type_list') }} as fund_types
        on {{ fold_name('typed.fund_type_delivered') }} = fund_types.fund_type

)

select * from final

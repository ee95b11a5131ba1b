-- grain: one row per delivered row (data, 合计 or damaged line)
with raw_rows as (

    {{ raw_rows('ledger_events') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.event_id') }} as event_id,
        {{ parse_text('raw_rows.event_name') }} as event_name,
        {{ parse_text('raw_rows.event_type') }} as event_type_delivered,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_date('raw_rows.held_on') }} as held_on,
        raw_rows.held_on as held_on_cell,
        -- 家, 户 or 个: the header may say any of them, enterprises are counted all the same.
        cast({{ parse_number('raw_rows.enterprises', 'raw_rows.enterprises__unit') }} as decimal(18, 4))
            as enterprises,
        raw_rows.enterprises as enterprises_cell,
        {{ parse_quantity('raw_rows.attendance', 'raw_rows.attendance__unit', 'person') }} as attendance,
        raw_rows.attendance as attendance_cell,
        {{ parse_money('raw_rows.intended_value', 'raw_rows.intended_value__unit') }} as intended_value,
        raw_rows.intended_value as intended_value_cell,
        {{ parse_money('raw_rows.deal_value', 'raw_rows.deal_value__unit') }} as deal_value,
        raw_rows.deal_value as deal_value_cell
    from raw_rows

),

{% set pairs = [
    ('event_type', 'typed.event_type_delivered', 'event_types.event_type'),
    ('held_on', 'typed.held_on_cell', 'typed.held_on'),
] %}
{%- for figure in ledger_events_figures() %}
{%- do pairs.append((figure, 'typed.' ~ figure ~ '_cell', 'typed.' ~ figure)) %}
{%- endfor -%}

final as (

    select
        {{ lineage_columns('typed') }}
        typed.event_id,
        typed.event_name,
        event_types.event_type,
        typed.town,
        town_names.town_code,
        {%- for figure in ledger_events_figures() %}
        typed.{{ figure }},
        {%- endfor %}
        {{ unreadable_columns(pairs) }}
        {{ impossible_dates([('held_on', 'typed.held_on_cell', 'typed.held_on')]) }},
        typed.held_on
    from typed
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('typed.town') }} = town_names.town_name_folded
    left join {{ ref('event_type_list') }} as event_types
        on {{ fold_name('typed.event_type_delivered') }} = event_types.event_type

)

select * from final

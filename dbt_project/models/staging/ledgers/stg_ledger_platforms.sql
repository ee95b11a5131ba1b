-- grain: one row per delivered row (data, 合计 or damaged line)
{#- Enterprises are counted in any of these: 家, 个, 户. -#}
{%- set counted_in = ['enterprise', 'item', 'entity'] %}

with raw_rows as (

    {{ raw_rows('ledger_platforms') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.platform_id') }} as platform_id,
        {{ parse_text('raw_rows.platform_name') }} as platform_name,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_text('raw_rows.platform_type') }} as type_delivered,
        {{ parse_date('raw_rows.opened_on') }} as opened_on,
        raw_rows.opened_on as opened_on_cell,
        {{ parse_text('raw_rows.operating_status') }} as status_delivered,
        coalesce(
            {%- for dimension in counted_in %}
            {{ parse_quantity('raw_rows.enterprises_served', 'raw_rows.enterprises_served__unit', dimension) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as enterprises_served,
        raw_rows.enterprises_served as enterprises_served_cell,
        {{ parse_text('raw_rows.operator') }} as operator
    from raw_rows

),

final as (

    select
        {{ lineage_columns('typed') }}
        typed.platform_id,
        typed.platform_name,
        typed.town,
        town_names.town_code,
        types.platform_type,
        typed.opened_on,
        statuses.operating_status,
        statuses.is_running,
        typed.enterprises_served,
        typed.operator,
        {{ unreadable_columns([
            ('platform_type', 'typed.type_delivered', 'types.platform_type'),
            ('opened_on', 'typed.opened_on_cell', 'typed.opened_on'),
            ('operating_status', 'typed.status_delivered', 'statuses.operating_status'),
            ('enterprises_served', 'typed.enterprises_served_cell', 'typed.enterprises_served'),
        ]) }}
        {{ impossible_dates([('opened_on', 'typed.opened_on_cell', 'typed.opened_on')]) }}
    from typed
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('typed.town') }} = town_names.town_name_folded
    left join {{ ref('platform_type_list') }} as types
        on {{ fold_name('typed.type_delivered') }} = types.platform_type
    left join {{ ref('platform_status_list') }} as statuses
        on {{ fold_name('typed.status_delivered') }} = statuses.operating_status

)

select * from final

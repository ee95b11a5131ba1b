-- grain: one row per delivered row (data, 合计 or damaged line)
with raw_rows as (

    {{ raw_rows('ledger_honours') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.certificate_no') }} as certificate_no,
        {{ replace_all(fold_name(parse_text('raw_rows.honour_type')), '[“”"‘’「」『』]', '') }} as honour_name,
        {{ parse_text('raw_rows.honour_level') }} as level_delivered,
        {{ parse_code('raw_rows.credit_code') }} as credit_code,
        {{ parse_text('raw_rows.holder') }} as holder,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_date('raw_rows.granted_on') }} as granted_on,
        raw_rows.granted_on as granted_on_cell,
        {{ parse_last_day('raw_rows.expires_on') }} as expires_on,
        raw_rows.expires_on as expires_on_cell
    from raw_rows

),

final as (

    select
        {{ lineage_columns('typed') }}
        typed.certificate_no,
        -- An open list: what has no other name stands for itself.
        coalesce(honour_names.honour_type, typed.honour_name) as honour_type,
        levels.honour_level,
        typed.credit_code,
        typed.holder,
        typed.town,
        town_names.town_code,
        typed.granted_on,
        typed.expires_on,
        {{ is_credit_code('typed.credit_code') }} as _has_valid_code,
        {{ unreadable_columns([
            ('honour_level', 'typed.level_delivered', 'levels.honour_level'),
            ('granted_on', 'typed.granted_on_cell', 'typed.granted_on'),
            ('expires_on', 'typed.expires_on_cell', 'typed.expires_on'),
        ]) }}
        {{ impossible_dates([
            ('granted_on', 'typed.granted_on_cell', 'typed.granted_on'),
            ('expires_on', 'typed.expires_on_cell', 'typed.expires_on'),
        ]) }}
    from typed
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('typed.town') }} = town_names.town_name_folded
    left join {{ ref('honour_name_list') }} as honour_names
        on typed.honour_name = honour_names.honour_name
    left join {{ ref('honour_level_list') }} as levels
        on {{ fold_name('typed.level_delivered') }} = levels.honour_level

)

select * from final

-- grain: one row per delivered row (data or damaged line)
-- What changed, from what and to what can name a natural person: only what a column of the register that figures are
-- computed from has become leaves raw, the rest as a checksum by which rows are told apart.
with raw_rows as (

    {{ raw_rows('registration_changes') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.credit_code') }} as credit_code,
        {{ parse_text('raw_rows.change_type') }} as change_word,
        {{ parse_date('raw_rows.changed_on') }} as changed_on,
        {{ replace_all(fold_name('raw_rows.change_item'), '(变更|变动|备案)$', '') }} as change_item,
        raw_rows.value_after,
        md5(concat(
            coalesce({{ parse_text('raw_rows.change_item') }}, ''), '|',
            coalesce({{ parse_text('raw_rows.value_before') }}, ''), '|',
            coalesce({{ parse_text('raw_rows.value_after') }}, '')
        )) as particulars_id,
        raw_rows.changed_on as changed_on_cell
    from raw_rows

),

named as (

    select
        typed.*,
        types.change_type,
        types.change_order,
        types.is_coming,
        nullif(types.status_group, '') as status_of_type,
        items.change_item is not null as has_known_item,
        case
            when nullif(types.status_group, '') is not null then 'registration_status'
            when types.change_type is not null then nullif(items.register_column, '')
        end as register_column
    from typed
    left join {{ ref('change_type_list') }} as types
        on {{ fold_name('typed.change_word') }} = {{ fold_name('types.change_word') }}
    left join {{ ref('change_item_list') }} as items
        on typed.change_item = {{ fold_name('items.change_item') }}

),

entity_types as (

    select
        named.value_after,
        min_by(entity_type_list.entity_type, entity_type_list.type_order) as entity_type
    from (select distinct value_after from named where register_column = 'entity_type') as named
    inner join {{ ref('entity_type_list') }} as entity_type_list
        on instr(named.value_after, entity_type_list.keyword) > 0
    group by named.value_after

),

final as (

    select
        {{ lineage_columns('named') }}
        named.credit_code,
        named.change_type,
        named.changed_on,
        named.change_order,
        named.is_coming,
        named.has_known_item,
        named.register_column,
        case named.register_column
            when 'registration_status' then coalesce(named.status_of_type, statuses.status_group)
            when 'entity_type' then entity_types.entity_type
            when 'industry_code' then {{ parse_code('named.value_after') }}
            when 'division_code' then {{ parse_code('named.value_after') }}
            when 'entity_name' then {{ parse_text('named.value_after') }}
            when 'business_scope' then {{ parse_text('named.value_after') }}
            when 'established_on' then cast({{ parse_date('named.value_after') }} as {{ dbt.type_string() }})
        end as value_after,
        named.particulars_id,
        {{ is_credit_code('named.credit_code') }} as _has_valid_code,
        {{ unreadable_columns([
            ('change_type', 'named.change_word', 'named.change_type'),
            ('changed_on', 'named.changed_on_cell', 'named.changed_on'),
        ]) }}
        {{ impossible_dates([('changed_on', 'named.changed_on_cell', 'named.changed_on')]) }}
    from named
    left join {{ ref('registration_status_list') }} as statuses
        on
            named.register_column = 'registration_status'
            and {{ fold_name('named.value_after') }} = {{ fold_name('statuses.registration_status') }}
    left join entity_types
        on named.register_column = 'entity_type' and named.value_after = entity_types.value_after

)

select * from final

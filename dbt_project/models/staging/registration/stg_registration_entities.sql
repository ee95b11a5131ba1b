-- grain: one row per delivered row (data or damaged line)
-- Names of natural persons, telephones and addresses stay in raw: nothing is computed from them.
with raw_rows as (

    {{ raw_rows('registration_entities') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.credit_code') }} as credit_code,
        {{ parse_text('raw_rows.entity_name') }} as entity_name,
        {{ parse_text('raw_rows.entity_type') }} as entity_type_delivered,
        {{ parse_money('raw_rows.registered_capital', 'raw_rows.registered_capital__unit') }}
            as registered_capital,
        {{ parse_quantity(
            'raw_rows.registered_capital', 'raw_rows.registered_capital__unit', 'foreign_money'
        ) }} as registered_capital_foreign,
        {{ parse_date('raw_rows.established_on') }} as established_on,
        {{ parse_date('raw_rows.approved_on') }} as approved_on,
        {{ parse_text('raw_rows.registration_status') }} as registration_status,
        {{ parse_date('raw_rows.cancelled_on') }} as cancelled_on,
        {{ parse_code('raw_rows.division_code') }} as division_code,
        {{ parse_code('raw_rows.industry_code') }} as industry_code,
        {{ parse_text('raw_rows.business_scope') }} as business_scope,
        raw_rows.registered_capital as registered_capital_cell,
        raw_rows.established_on as established_on_cell,
        raw_rows.approved_on as approved_on_cell,
        raw_rows.cancelled_on as cancelled_on_cell
    from raw_rows

),

-- Of the raw rows once more, and of this one column: were `typed` read twice, it would be kept whole, all months of it,
-- and whoever asks for one month would wait for all.
words as (

    select distinct {{ parse_text('cells.entity_type') }} as entity_type_delivered
    from (
        select distinct entity_type
        from {{ source('raw', 'registration_entities') }}
        union distinct
        select right_cell as entity_type
        from {{ ref('stg_corrected_cells') }}
        where feed = 'registration_entities' and column_name = 'entity_type'
    ) as cells

),

types as (

    select
        words.entity_type_delivered,
        min_by(entity_type_list.entity_type, entity_type_list.type_order) as entity_type
    from words
    inner join {{ ref('entity_type_list') }} as entity_type_list
        on instr(words.entity_type_delivered, entity_type_list.keyword) > 0
    group by words.entity_type_delivered

),

named as (

    select
        typed.*,
        types.entity_type,
        statuses.status_group
    from typed
    left join types on typed.entity_type_delivered = types.entity_type_delivered
    left join {{ ref('registration_status_list') }} as statuses
        on {{ fold_name('typed.registration_status') }} = {{ fold_name('statuses.registration_status') }}

),

final as (

    select
        {{ lineage_columns('named') }}
        named.credit_code,
        named.entity_name,
        named.entity_type,
        named.registered_capital,
        named.established_on,
        named.approved_on,
        named.registration_status,
        named.status_group,
        named.cancelled_on,
        named.division_code,
        named.industry_code,
        named.business_scope,
        {{ is_credit_code('named.credit_code') }} as _has_valid_code,
        {{ unreadable_columns([
            ('entity_type', 'named.entity_type_delivered', 'named.entity_type'),
            ('registration_status', 'named.registration_status', 'named.status_group'),
            ('established_on', 'named.established_on_cell', 'named.established_on'),
            ('approved_on', 'named.approved_on_cell', 'named.approved_on'),
            ('cancelled_on', 'named.cancelled_on_cell', 'named.cancelled_on'),
            (
                'registered_capital', 'named.registered_capital_cell',
                'coalesce(named.registered_capital, named.registered_capital_foreign)',
            ),
        ]) }}
        {{ impossible_dates([
            ('established_on', 'named.established_on_cell', 'named.established_on'),
            ('approved_on', 'named.approved_on_cell', 'named.approved_on'),
            ('cancelled_on', 'named.cancelled_on_cell', 'named.cancelled_on'),
        ]) }}
    from named

)

select * from final

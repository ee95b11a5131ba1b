-- grain: one row per delivered data row of the register
-- In batches: a register of many months would not fit into memory at once, and its rows look at their own month alone.
-- depends_on: {{ ref('stg_deliveries') }}
{{ config(materialized='in_batches', batches_of='registration_entities', rows_at_once=1000000) }}
with staged as (

    {{ staged_rows('registration_entities') }}
        and {{ is_in_batch('staged._period') }}

),

{%- set used = [
    'credit_code', 'entity_name', 'entity_type', 'established_on', 'registration_status', 'cancelled_on',
    'division_code', 'industry_code', 'business_scope',
] %}

{{ row_status(
    key="case when staged._has_valid_code then staged.credit_code end",
    name='staged.entity_name',
    content_columns=used + ['registered_capital', 'approved_on'],
    revisable_columns=used + ['registered_capital'],
    is_full_replacement=true,
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
        entity_name,
        entity_type,
        registered_capital,
        established_on,
        registration_status,
        status_group,
        cancelled_on,
        division_code,
        industry_code,
        business_scope,
        _has_valid_code,
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final

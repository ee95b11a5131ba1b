-- grain: one row per month and registered entity: the month's own register, else the latest one with the changes since
-- A view: nearly all months have a register of their own, and registers are large.
{{ config(materialized='view') }}
with carried as (

    select
        period,
        credit_code,
        entity_name,
        entity_type,
        established_on,
        status_group,
        cancelled_on,
        {{ register_profile() }}
        industry_code,
        business_scope,
        _row_id,
        _delivery_id,
        _warnings,
        _revised
    from {{ ref('val_register_carried') }}
    where is_described

),

final as (

    {%- for relation in [ref('int_registration_entities'), 'carried'] %}
    select
        period,
        credit_code,
        entity_name,
        entity_type,
        established_on,
        status_group,
        cancelled_on,
        region_code,
        industry_code,
        business_scope,
        profile_id,
        _row_id,
        _delivery_id,
        _warnings,
        _revised
    from {{ relation }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

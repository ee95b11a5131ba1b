-- grain: one row per month and registered entity: the used rows of the register
with {{ used_row_ctes('registration_entities') }},

used as (

    {{ used_rows('registration_entities', [
        'credit_code', 'entity_name', 'entity_type', 'established_on', 'status_group', 'cancelled_on',
        'division_code', 'industry_code', 'business_scope',
    ]) }}

),

final as (

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
    from used

)

select * from final

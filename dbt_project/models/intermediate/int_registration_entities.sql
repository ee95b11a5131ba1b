-- grain: one row per month and registered entity: the used rows of the register
with {{ used_row_ctes('registration_entities') }},

used as (

    {{ used_rows('registration_entities', [
        'credit_code', 'entity_name', 'entity_type', 'established_on', 'status_group', 'cancelled_on',
        'division_code', 'industry_code', 'business_scope',
    ]) }}

),

-- What decides membership, apart from the entity: months and entities that agree in it are judged once.
final as (

    select
        period,
        credit_code,
        entity_name,
        entity_type,
        established_on,
        status_group,
        cancelled_on,
        coalesce(division_code, substr(credit_code, 3, 6)) as region_code,
        industry_code,
        business_scope,
        md5(concat(
            coalesce(division_code, substr(credit_code, 3, 6)), '|', coalesce(industry_code, ''), '|',
            entity_name, '|', coalesce(business_scope, '')
        )) as profile_id,
        _row_id,
        _delivery_id,
        _warnings,
        _revised
    from used

)

select * from final

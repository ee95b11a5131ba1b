-- grain: one row per month without a register of its own, contributing entity and change on top of its register row
with {{ carried_changes() }},

contributors as (

    select distinct
        period,
        contributor
    from {{ ref('int_contributions_registration_entities') }}
    where row_id is not null

),

final as (

    select
        changes.period,
        changes.credit_code as contributor,
        changes._row_id as row_id,
        changes.changed_on
    from changes
    inner join contributors
        on changes.period = contributors.period and changes.credit_code = contributors.contributor
    where changes.value_after is not null

)

select * from final

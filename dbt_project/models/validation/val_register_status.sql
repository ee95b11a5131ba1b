-- grain: one row per period and registered entity whose row is sound: is it active at month end?
-- Months without a register of their own have the latest one with the changes since.
with register_rows as (

    select
        _period,
        _row_id,
        credit_code,
        status_group
    from {{ ref('val_registration_entities_rows') }}
    where _status = 'in_force'

),

broken as (

    select distinct row_id
    from {{ ref('val_registration_entities') }}
    where severity = 'quarantine'

),

final as (

    select
        register_rows._period as period,
        register_rows.credit_code,
        register_rows.status_group = 'active' as is_active
    from register_rows
    left join broken on register_rows._row_id = broken.row_id
    where broken.row_id is null

    union all

    select
        period,
        credit_code,
        status_group = 'active' as is_active
    from {{ ref('val_register_carried') }}

)

select * from final

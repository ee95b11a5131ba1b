-- grain: one row per row in force that is set aside and rule that it broke
with broken_rules as (

    select *
    from {{ ref('val_broken_rules') }}
    where severity = 'quarantine' and row_status = 'in_force'

),

final as (

    select
        period,
        feed,
        rule_id,
        row_id,
        delivery_id,
        file,
        sheet,
        row_no,
        row_key,
        column_name,
        seen
    from broken_rules

)

select * from final

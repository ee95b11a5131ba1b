-- grain: one row per declared correction in force
with corrections as (

    select * from {{ source('intake', 'corrections') }}

),

final as (

    select
        correction_id,
        feed,
        period,
        row_key,
        column_name,
        wrong,
        right_cell
    from corrections

)

select * from final

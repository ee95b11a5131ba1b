-- grain: one row per feed
with feeds as (

    select * from {{ source('intake', 'feeds') }}

),

final as (

    select
        feed,
        label_zh,
        is_required,
        not_due_months,
        is_full_replacement,
        has_reporting_units,
        cast(due_day as integer) as due_day,
        key_columns
    from feeds

)

select * from final

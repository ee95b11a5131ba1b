-- grain: one row per feed and month in which the feed is due
with due_dates as (

    select * from {{ source('intake', 'due_dates') }}

),

final as (

    select
        feed,
        period,
        cast(due_on as date) as due_on,
        is_calendar_known
    from due_dates

)

select * from final

-- grain: one row per feed and month: by when it was due, and when it came
with months as (

    select
        feed_months.period,
        feed_months.feed
    from {{ ref('int_feed_months') }} as feed_months

),

due_dates as (

    select * from {{ ref('stg_due_dates') }}

),

received as (

    select
        feed,
        period,
        cast(min(received_at) as date) as received_on
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'
    group by feed, period

),

final as (

    select
        months.period,
        months.feed,
        due_dates.due_on,
        due_dates.is_calendar_known,
        received.received_on
    from months
    left join due_dates on months.period = due_dates.period and months.feed = due_dates.feed
    left join received on months.period = received.period and months.feed = received.feed

)

select * from final

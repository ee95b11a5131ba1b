-- grain: one row per month and delivery of the register that holds there: since when the month is known so
with months as (

    select
        period,
        register_period,
        is_own
    from {{ ref('val_register_months') }}
    where is_own or is_carried

),

deliveries as (

    select
        feed,
        period,
        delivery_id,
        received_at
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

changes as (

    select
        period,
        max(received_at) as received_at
    from deliveries
    where feed = 'registration_changes'
    group by period

),

final as (

    select
        months.period,
        deliveries.delivery_id,
        case when months.is_own then deliveries.received_at else changes.received_at end as known_from
    from months
    inner join deliveries
        on deliveries.feed = 'registration_entities' and months.register_period = deliveries.period
    left join changes on months.period = changes.period

)

select * from final

-- grain: one row per month from the first to the last with an accepted delivery
with recursive delivered as (

    select
        min(period) as first_period,
        max(period) as last_period
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

spine as (

    select
        delivered.first_period as period,
        delivered.last_period
    from delivered
    where delivered.first_period is not null

    union all

    select
        {{ period_shift('spine.period', 1) }} as period,
        spine.last_period
    from spine
    where spine.period < spine.last_period

),

final as (

    select
        spine.period,
        {{ month_number('spine.period') }} as month
    from spine

)

select * from final

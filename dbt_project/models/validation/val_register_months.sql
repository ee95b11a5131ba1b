-- grain: one row per month: the register that holds there
-- A month without a register of its own has the latest one before it, with the changes since: but only if changes came
-- for every month since, be it that there were none. What is not known is not carried forward.
with months as (

    select period
    from {{ ref('stg_periods') }}

),

delivered as (

    select distinct
        feed,
        period
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

latest as (

    select
        months.period,
        max(registers.period) as register_period
    from months
    left join delivered as registers
        on registers.feed = 'registration_entities' and months.period >= registers.period
    group by months.period

),

counted as (

    select
        latest.period,
        latest.register_period,
        count(since.period) as months_since,
        count(changes.period) as months_with_changes
    from latest
    left join months as since on latest.register_period < since.period and latest.period >= since.period
    left join delivered as changes
        on changes.feed = 'registration_changes' and since.period = changes.period
    group by latest.period, latest.register_period

),

final as (

    select
        period,
        register_period,
        case when register_period is not null then {{ month_end('register_period') }} end as register_end_on,
        coalesce(period = register_period, false) as is_own,
        coalesce(period > register_period and months_with_changes = months_since, false) as is_carried
    from counted

)

select * from final

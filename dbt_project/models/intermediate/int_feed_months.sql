-- grain: one row per feed and month: is it due, is it there, did its reporting units report
with periods as (

    select
        period,
        month
    from {{ ref('int_periods') }}

),

feeds as (

    select
        feed,
        is_required,
        not_due_months,
        has_reporting_units
    from {{ ref('stg_feeds') }}

),

delivered as (

    select distinct
        feed,
        period
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

units as (

    select distinct
        'statistics_enterprise' as feed,
        period,
        credit_code
    from {{ ref('int_statistics_enterprise') }}

    union all

    select distinct
        'statistics_product' as feed,
        period,
        credit_code
    from {{ ref('int_statistics_product') }}

),

-- Without a register of its own a month is held with the last one and the changes since.
carried as (

    select period
    from {{ ref('val_register_months') }}
    where is_carried

),

-- Who is expected shows in a month's own return and the three before it; a month without a return is none.
looked_at as (

    select
        delivered.feed,
        periods.period,
        delivered.period as return_period
    from periods
    inner join delivered on periods.period >= delivered.period
    qualify
        row_number() over (
            partition by delivered.feed, periods.period, delivered.period = periods.period
            order by delivered.period desc
        ) <= 3

),

counted as (

    select
        looked_at.feed,
        looked_at.period,
        count(distinct units.credit_code) as expected_units,
        count(distinct case when units.period = looked_at.period then units.credit_code end) as received_units
    from looked_at
    inner join units on looked_at.feed = units.feed and looked_at.return_period = units.period
    group by looked_at.feed, looked_at.period

),

months as (

    select
        periods.period,
        feeds.feed,
        feeds.is_required,
        feeds.has_reporting_units,
        instr(
            concat('|', coalesce(feeds.not_due_months, ''), '|'),
            concat('|', cast(periods.month as {{ dbt.type_string() }}), '|')
        ) = 0 as is_due,
        delivered.period is not null as is_delivered,
        delivered.period is not null
        or (feeds.feed = 'registration_entities' and carried.period is not null) as has_data
    from periods
    cross join feeds
    left join delivered on periods.period = delivered.period and feeds.feed = delivered.feed
    left join carried on periods.period = carried.period

),

final as (

    select
        months.period,
        months.feed,
        months.is_required,
        months.is_due,
        months.is_delivered,
        months.has_data,
        case
            when not months.is_due and not months.is_delivered then 0
            when months.has_reporting_units then coalesce(counted.expected_units, 0)
            else 1
        end as expected_units,
        case
            when months.has_reporting_units then coalesce(counted.received_units, 0)
            when months.is_delivered then 1
            else 0
        end as received_units,
        case
            when not months.is_delivered then cast(0 as decimal(18, 4))
            when months.has_reporting_units
                then {{ round_ratio('counted.received_units', 'counted.expected_units', 100) }}
            else cast(100 as decimal(18, 4))
        end as coverage_pct
    from months
    left join counted on months.period = counted.period and months.feed = counted.feed

)

select * from final

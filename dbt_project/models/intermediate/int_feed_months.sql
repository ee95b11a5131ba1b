-- grain: one row per feed and month: is it due, is it there, did its reporting units report
with periods as (

    select
        period,
        month,
    from {{ ref('int_periods') }}

),

feeds as (

    select
        feed,
        is_required,
        not_due_months,
        has_reporting_units,
    from {{ ref('stg_feeds') }}

),

delivered as (

    select
        feed,
        period,
        count(*) as deliveries,
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'
    group by feed, period

),

units as (

    select distinct
        'statistics_enterprise' as feed,
        period,
        credit_code,
    from {{ ref('int_statistics_enterprise') }}

    union all

    select distinct
        'statistics_product' as feed,
        period,
        credit_code,
    from {{ ref('int_statistics_product') }}

),

-- The returns of a feed in their order: a month without a return is no return.
returns as (

    select
        feed,
        period,
        row_number() over (partition by feed order by period) as return_no,
    from delivered

),

expected as (

    select
        returns.feed,
        returns.period,
        count(distinct units.credit_code) as expected_units,
        count(distinct case when units.period = returns.period then units.credit_code end) as received_units,
    from returns
    inner join returns as earlier
        on
            returns.feed = earlier.feed
            and earlier.return_no between returns.return_no - 3 and returns.return_no
    inner join units on earlier.feed = units.feed and earlier.period = units.period
    group by returns.feed, returns.period

),

final as (

    select
        periods.period,
        feeds.feed,
        feeds.is_required,
        instr(
            concat('|', coalesce(feeds.not_due_months, ''), '|'),
            concat('|', cast(periods.month as {{ dbt.type_string() }}), '|')
        ) = 0 as is_due,
        coalesce(delivered.deliveries, 0) > 0 as is_delivered,
        case
            when feeds.has_reporting_units then coalesce(expected.expected_units, 0)
            else 1
        end as expected_units,
        case
            when feeds.has_reporting_units then coalesce(expected.received_units, 0)
            when delivered.deliveries > 0 then 1
            else 0
        end as received_units,
        case
            when coalesce(delivered.deliveries, 0) = 0 then cast(0 as decimal(18, 4))
            when feeds.has_reporting_units
                then {{ round_ratio('expected.received_units', 'expected.expected_units', 100) }}
            else cast(100 as decimal(18, 4))
        end as coverage_pct,
    from periods
    cross join feeds
    left join delivered on periods.period = delivered.period and feeds.feed = delivered.feed
    left join expected on periods.period = expected.period and feeds.feed = expected.feed

)

select * from final

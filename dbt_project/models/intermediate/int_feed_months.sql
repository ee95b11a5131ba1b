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

-- Without a register of its own a month is held with the last one and the changes since.
carried as (

    select period
    from {{ ref('val_register_months') }}
    where is_carried

),

counted as (

    select
        period,
        feed,
        count(*) as expected_units,
        count(*) filter (where is_received) as received_units
    from {{ ref('int_expected_units') }}
    group by period, feed

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
        months.has_reporting_units,
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

-- grain: one row per feed, month and reporting unit that is expected there: did it report, and in time
{%- set feeds = reporting_unit_feeds() %}

with periods as (

    select period
    from {{ ref('int_periods') }}

),

delivered as (

    select distinct
        feed,
        period
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

due_dates as (

    select
        feed,
        period,
        due_on
    from {{ ref('stg_due_dates') }}

),

returns as (

    {%- for feed in feeds %}
    select
        '{{ feed }}' as feed,
        period,
        credit_code,
        min(town_code) as town_code
    from {{ ref('int_' ~ feed) }}
    group by period, credit_code
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

-- Whatever became of its rows: the unit reported when a delivery first held it.
first_held as (

    {%- for feed in feeds %}
    select
        '{{ feed }}' as feed,
        feed_rows._period as period,
        feed_rows.credit_code,
        cast(min(deliveries.received_at) as date) as held_on
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    inner join {{ ref('stg_deliveries') }} as deliveries on feed_rows._delivery_id = deliveries.delivery_id
    where feed_rows._has_valid_code
    group by feed_rows._period, feed_rows.credit_code
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

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

-- The town of a unit is that of its latest return.
expected as (

    select
        looked_at.feed,
        looked_at.period,
        returns.credit_code,
        max_by(returns.town_code, returns.period) as town_code,
        max(returns.period) = looked_at.period as is_received
    from looked_at
    inner join returns on looked_at.feed = returns.feed and looked_at.return_period = returns.period
    group by looked_at.feed, looked_at.period, returns.credit_code

),

final as (

    select
        expected.period,
        expected.feed,
        expected.credit_code,
        expected.town_code,
        expected.is_received,
        expected.is_received and coalesce(first_held.held_on <= due_dates.due_on, false) as is_on_time
    from expected
    left join first_held
        on
            expected.feed = first_held.feed
            and expected.period = first_held.period
            and expected.credit_code = first_held.credit_code
    left join due_dates on expected.feed = due_dates.feed and expected.period = due_dates.period

)

select * from final

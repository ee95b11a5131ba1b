-- grain: one row per period, town (and all), indicator and breakdown
with ledger_months as (

    select
        feed_months.period,
        periods.month_start_on,
        {{ period_start("concat(substr(feed_months.period, 1, 4), '-01')") }} as year_start_on
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    where feed_months.feed = 'ledger_funds' and feed_months.is_delivered

),

fund_types as (

    select
        fund_type,
        indicator_code
    from {{ ref('fund_type_list') }}

),

funds as (

    select
        used.period,
        used.town_code,
        used.fund_type,
        fund_types.indicator_code,
        used.allocated_on,
        used.amount,
        used.paid_amount,
        used._warnings as warnings,
        used._revised as revised
    from {{ ref('int_ledger_funds') }} as used
    inner join fund_types on used.fund_type = fund_types.fund_type

),

indicators as (

    select
        indicator_code,
        unit
    from {{ ref('indicator_list') }}
    where source_feed = 'ledger_funds'

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

-- A kind of money that a target names, in the town of the target and in the whole city.
named_parts as (

    select distinct
        places.town_code,
        target_parts.indicator_code,
        target_parts.breakdown
    from {{ ref('int_target_parts') }} as target_parts
    inner join fund_types
        on
            target_parts.breakdown = fund_types.fund_type
            and target_parts.indicator_code = fund_types.indicator_code
    inner join places on places.town_code in (target_parts.read_town_code, 'all')

),

-- Every row in its town and in the whole city. None was allocated after the month's end: a rule sets such a row aside.
located as (

    select
        funds.period,
        places.town_code,
        funds.fund_type,
        funds.indicator_code,
        funds.amount,
        funds.paid_amount,
        funds.allocated_on >= ledger_months.month_start_on as is_in_month,
        funds.allocated_on >= ledger_months.year_start_on as is_in_year,
        funds.warnings,
        funds.revised,
        places.town_code <> 'all' and {{ is_revised_in('funds.revised', ['town_code']) }} as is_moved
    from funds
    inner join ledger_months on funds.period = ledger_months.period
    inner join places on places.town_code in (funds.town_code, 'all')

),

contributions as (
    {% for breakdown in ["'all'", 'fund_type'] %}
    select
        period,
        town_code,
        indicator_code,
        {{ breakdown }} as breakdown,
        amount,
        is_in_month,
        warnings,
        is_moved or {{ is_revised_in('revised', ['amount']) }} as is_revised
    from located
    where is_in_year
    union all
    {% endfor %}
    -- What was paid of the special funds is a stock: of all rows in the ledger, whenever they were allocated.
    select
        period,
        town_code,
        'funds_paid' as indicator_code,
        'all' as breakdown,
        paid_amount as amount,
        true as is_in_month,
        warnings,
        is_moved or {{ is_revised_in('revised', ['paid_amount']) }} as is_revised
    from located
    where indicator_code = 'funds_allocated'

),

{{ dated_figures() }}

select * from final

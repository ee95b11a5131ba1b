-- grain: one row per period, town (and all), indicator, breakdown and row of money that is asked for it
{%- set is_of_this_kind = 'placed.fund_indicator_code = indicators.indicator_code' %}

with ledger_months as (

    {{ ledger_months('ledger_funds') }}

),

-- Every row in its town and in the whole city. None was allocated after the month's end: a rule sets such a row aside.
placed as (

    select
        funds.period,
        places.town_code,
        concat(
            funds.project_id, ' ', funds.fund_type, ' ', cast(funds.allocated_on as {{ dbt.type_string() }})
        ) as contributor,
        funds._row_id as row_id,
        funds.fund_type,
        fund_types.indicator_code as fund_indicator_code,
        funds.amount,
        funds.paid_amount,
        funds.allocated_on >= ledger_months.month_start_on as is_of_month,
        funds.allocated_on >= ledger_months.year_start_on as is_of_year,
        funds._warnings as warnings,
        funds._revised as revised,
        places.town_code <> 'all' and {{ is_revised_in('funds._revised', ['town_code']) }} as is_moved
    from {{ ref('int_ledger_funds') }} as funds
    inner join {{ ref('fund_type_list') }} as fund_types on funds.fund_type = fund_types.fund_type
    inner join ledger_months on funds.period = ledger_months.period
    inner join {{ ref('int_places') }} as places on places.town_code in (funds.town_code, 'all')

),

{{ contributions(
    'ledger_funds',
    items={
        'amount': {'value': 'placed.amount', 'columns': ['amount']},
        'paid_amount': {'value': 'placed.paid_amount', 'columns': ['paid_amount']},
    },
    conditions={
        'of_this_kind': {
            'month': 'placed.is_of_month', 'year': 'placed.is_of_year', 'columns': ['allocated_on'],
            'among': is_of_this_kind,
        },
        'special_funds': {
            'month': 'true', 'columns': [], 'among': "placed.fund_indicator_code = 'funds_allocated'",
        },
    },
    parts={'fund_type': {'breakdown': 'asked.fund_type', 'columns': ['fund_type']}},
) }}

select * from final

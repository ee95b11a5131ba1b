-- grain: one row per period, town (and all), indicator and issue that is asked for it
with ledger_months as (

    {{ ledger_months('ledger_issues') }}

),

-- Every issue in its town and in the whole city; one that names no town in the city alone. Whatever is raised or
-- closed was so by the month's end: the rules set aside a row that says otherwise.
placed as (

    select
        issues.period,
        places.town_code,
        issues.issue_id as contributor,
        issues._row_id as row_id,
        issues.is_closed,
        issues.raised_on >= ledger_months.month_start_on as is_raised_in_month,
        issues.raised_on >= ledger_months.year_start_on as is_raised_in_year,
        issues.closed_on >= ledger_months.month_start_on as is_closed_in_month,
        issues.closed_on >= ledger_months.year_start_on as is_closed_in_year,
        issues.due_on <= ledger_months.month_end_on as is_due,
        issues._warnings as warnings,
        issues._revised as revised,
        places.town_code <> 'all' and {{ is_revised_in('issues._revised', ['town_code']) }} as is_moved
    from {{ ref('int_ledger_issues') }} as issues
    inner join ledger_months on issues.period = ledger_months.period
    inner join {{ ref('int_places') }} as places on places.town_code in (issues.town_code, 'all')

),

{{ contributions(
    'ledger_issues',
    items={
        'issues': {'value': '1'},
        'closed_share': {
            'value': 'case when placed.is_closed then 1 else 0 end', 'base': '1',
            'columns': ['status', 'closed_on'],
        },
    },
    conditions={
        'raised': {
            'month': 'placed.is_raised_in_month', 'year': 'placed.is_raised_in_year', 'columns': ['raised_on'],
        },
        'closed': {
            'month': 'placed.is_closed_in_month', 'year': 'placed.is_closed_in_year', 'columns': ['closed_on'],
        },
        'open': {'month': 'not placed.is_closed', 'columns': ['status', 'closed_on']},
        'overdue': {
            'month': 'not placed.is_closed and placed.is_due', 'columns': ['status', 'closed_on', 'due_on'],
        },
        'due': {'month': 'placed.is_due', 'columns': ['due_on']},
    },
) }}

select * from final

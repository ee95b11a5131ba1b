-- grain: one row per period, town (and all), indicator, breakdown and certificate that is asked for it
with ledger_months as (

    {{ ledger_months('ledger_honours') }}

),

-- Every certificate in its town and in the whole city, which does not feel a change of town. It is held on its last
-- day; without one it has no end.
placed as (

    select
        honours.period,
        places.town_code,
        concat(honours.certificate_no, ' ', honours.honour_type) as contributor,
        honours._row_id as row_id,
        honours.honour_type,
        honours.honour_level,
        honours.granted_on <= ledger_months.month_end_on
        and coalesce(honours.expires_on >= ledger_months.month_end_on, true) as is_held,
        honours.granted_on between ledger_months.month_start_on and ledger_months.month_end_on
            as is_of_month,
        honours.granted_on between ledger_months.year_start_on and ledger_months.month_end_on
            as is_of_year,
        honours._warnings as warnings,
        honours._revised as revised,
        places.town_code <> 'all' and {{ is_revised_in('honours._revised', ['town_code']) }} as is_moved
    from {{ ref('int_ledger_honours') }} as honours
    inner join ledger_months on honours.period = ledger_months.period
    inner join {{ ref('int_places') }} as places on places.town_code in (honours.town_code, 'all')

),

{#- One that does not count, but for a doubtful date, marks the figure too. #}

{{ contributions(
    'ledger_honours',
    items={'honours': {'value': '1'}},
    conditions={
        'held': {'month': 'placed.is_held', 'columns': ['granted_on', 'expires_on']},
        'new': {'month': 'placed.is_of_month', 'year': 'placed.is_of_year', 'columns': ['granted_on']},
    },
    parts={
        'honour_type': {'breakdown': 'asked.honour_type', 'columns': ['honour_type']},
        'honour_level': {
            'breakdown': "concat(asked.honour_type, '（', asked.honour_level, '）')",
            'columns': ['honour_type', 'honour_level'],
        },
    },
    marks_all=true,
) }}

select * from final

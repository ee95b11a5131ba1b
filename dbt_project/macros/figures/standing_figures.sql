{#- CTEs `figures` and `final` of a ledger that counts or adds, on the CTEs
    ledger_months (period), places (town_code), indicators (indicator_code, unit),
    named_parts (town_code, indicator_code, breakdown: what targets name) and
    totals (period, town_code, indicator_code, breakdown, value, value_ytd, contributors, flags, is_revised).
    `all` and what a target names stand also at 0; any other part where `totals` has it and `exists_where` holds. -#}
{% macro standing_figures(exists_where='true') -%}
figures as (

    select
        ledger_months.period,
        places.town_code,
        indicators.indicator_code,
        'all' as breakdown
    from ledger_months
    cross join places
    cross join indicators
    union distinct
    select
        ledger_months.period,
        named_parts.town_code,
        named_parts.indicator_code,
        named_parts.breakdown
    from ledger_months
    cross join named_parts
    union distinct
    select
        totals.period,
        totals.town_code,
        totals.indicator_code,
        totals.breakdown
    from totals
    where {{ exists_where }}

),

final as (

    select
        figures.period,
        figures.town_code,
        figures.indicator_code,
        figures.breakdown,
        indicators.unit,
        cast(case when totals.period is null then 0 else totals.value end as decimal(18, 4)) as value,
        cast(case when totals.period is null then 0 else totals.value_ytd end as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        cast(coalesce(totals.contributors, 0) as integer) as contributors,
        totals.flags,
        coalesce(totals.is_revised, false) as is_revised
    from figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    left join totals
        on
            figures.period = totals.period
            and figures.town_code = totals.town_code
            and figures.indicator_code = totals.indicator_code
            and figures.breakdown = totals.breakdown

)
{%- endmacro %}

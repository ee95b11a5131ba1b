{#- CTEs `totals`, `figures` and `final` of a ledger whose rows count by their dates, on the CTEs
    ledger_months (period), places (town_code), indicators (indicator_code, unit),
    named_parts (town_code, indicator_code, breakdown: what targets name) and
    contributions (period, town_code, indicator_code, breakdown, amount, is_in_month, warnings, is_revised): what each
    row gives to the figures of the year to date, and whether to those of the month too.
    `all` and what a target names stand also at 0; any other part only where a row contributes. No row at all is 0,
    rows that all leave the cell empty are a missing figure. -#}
{% macro dated_figures() -%}
totals as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        sum(amount) filter (where is_in_month) as value,
        sum(amount) as value_ytd,
        count(*) filter (where is_in_month) as rows_in_month,
        count(amount) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, town_code, indicator_code, breakdown

),

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

),

final as (

    select
        figures.period,
        figures.town_code,
        figures.indicator_code,
        figures.breakdown,
        indicators.unit,
        cast(
            case when coalesce(totals.rows_in_month, 0) = 0 then 0 else totals.value end as decimal(18, 4)
        ) as value,
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

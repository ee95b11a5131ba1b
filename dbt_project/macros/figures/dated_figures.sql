{#- CTEs `totals`, `figures` and `final` of a ledger whose rows count by their dates, on the CTEs
    ledger_months (period), places (town_code), indicators (indicator_code, unit),
    named_parts (town_code, indicator_code, breakdown: what targets name) and
    contributions (period, town_code, indicator_code, breakdown, amount, is_in_month, warnings, is_revised): what each
    row gives to the figures of the year to date, and whether to those of the month too.
    No row at all is 0, rows that all leave the cell empty are a missing figure. -#}
{% macro dated_figures() -%}
totals as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        case when count(*) filter (where is_in_month) = 0 then 0 else sum(amount) filter (where is_in_month) end
            as value,
        sum(amount) as value_ytd,
        count(amount) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, town_code, indicator_code, breakdown

),

{{ standing_figures() }}
{%- endmacro %}

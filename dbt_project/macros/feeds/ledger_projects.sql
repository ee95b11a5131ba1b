{#- The columns of the project ledger that several models walk over. -#}

{#- Money in 万元. -#}
{% macro ledger_projects_amounts() -%}
    {{ return([
        'total_investment', 'planned_investment_year', 'completed_investment_month',
        'completed_investment_ytd', 'completed_investment_total',
    ]) }}
{%- endmacro %}


{% macro ledger_projects_dates() -%}
    {{ return(['planned_start', 'actual_start', 'planned_finish', 'actual_finish']) }}
{%- endmacro %}

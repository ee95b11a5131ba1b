{#- Money in 万元. -#}
{% macro ledger_projects_amounts() -%}
    {{ return([
        'total_investment', 'planned_investment_year', 'completed_investment_month',
        'completed_investment_ytd', 'completed_investment_total',
    ]) }}
{%- endmacro %}

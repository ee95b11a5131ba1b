{#- The feeds in which single units report, each by its credit code: those whose contract says so and that have
    models. A test holds the list against the contracts. -#}
{% macro reporting_unit_feeds() -%}
    {{ return(['statistics_enterprise', 'statistics_product']) }}
{%- endmacro %}

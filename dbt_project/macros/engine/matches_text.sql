{#- Does the text match the regular expression that another expression holds? -#}
{% macro matches_text(expression, pattern) -%}
    {{ return(adapter.dispatch('matches_text')(expression, pattern)) }}
{%- endmacro %}

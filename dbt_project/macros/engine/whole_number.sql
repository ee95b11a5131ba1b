{#- A decimal expression as a whole number of its `places`-th decimals. -#}
{% macro whole_number(expression, places) -%}
    {{ return(adapter.dispatch('whole_number')(expression, places)) }}
{%- endmacro %}

{#- Arithmetic on periods `YYYY-MM`. No current date anywhere: a period comes from the data. -#}
{% macro period_start(period) -%}
    cast(concat({{ period }}, '-01') as date)
{%- endmacro %}

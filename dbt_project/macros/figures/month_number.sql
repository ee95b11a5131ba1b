{#- The month's number, 1 to 12. -#}
{% macro month_number(period) -%}
    cast(substr({{ period }}, 6, 2) as integer)
{%- endmacro %}

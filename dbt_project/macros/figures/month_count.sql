{#- The months from year 0 to the period: the difference of two is how many months lie between them. -#}
{% macro month_count(period) -%}
    (cast(substr({{ period }}, 1, 4) as integer) * 12 + {{ month_number(period) }})
{%- endmacro %}

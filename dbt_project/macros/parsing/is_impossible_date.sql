{#- The form of a date, but no such day in the calendar (2024-02-30): never just "missing". -#}
{% macro is_impossible_date(expression, value) -%}
    ({{ value }} is null and {{ matches(_date_text(expression), '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$') }})
{%- endmacro %}

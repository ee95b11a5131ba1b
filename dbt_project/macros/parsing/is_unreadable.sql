{#- There is text, but no value came of it. -#}
{% macro is_unreadable(expression, value) -%}
    (not {{ is_missing_mark(expression) }} and {{ value }} is null)
{%- endmacro %}

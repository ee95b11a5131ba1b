{% macro default__joined_set(expression) -%}
    nullif(array_join(array_sort(collect_set({{ expression }})), '|'), '')
{%- endmacro %}

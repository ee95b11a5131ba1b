{% macro default__joined_parts(expression) -%}
    nullif(
        array_join(array_sort(array_distinct(flatten(collect_list(split({{ expression }}, '[|]'))))), '|'), ''
    )
{%- endmacro %}

{% macro duckdb__joined_parts(expression) -%}
    nullif(
        array_to_string(
            list_sort(list_distinct(flatten(
                list(string_split({{ expression }}, '|')) filter (where {{ expression }} is not null)
            ))), '|'
        ), ''
    )
{%- endmacro %}

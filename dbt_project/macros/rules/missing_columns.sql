{#- Names of columns without a value, `|`-joined; null when all have one. `named`: a derived column → the
    column of the delivery that it is read from, which is what its sender knows. -#}
{% macro missing_columns(columns, named={}) -%}
    nullif(
        concat(
            {%- for column in columns %}
            case when rows_of_feed.{{ column }} is null then '{{ named.get(column, column) }}|' else '' end{{ ',' if not loop.last }}
            {%- endfor %}
        ), ''
    )
{%- endmacro %}

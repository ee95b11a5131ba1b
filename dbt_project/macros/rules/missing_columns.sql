{#- Names of columns without a value, `|`-joined; null when all have one. -#}
{% macro missing_columns(columns) -%}
    nullif(
        concat(
            {%- for column in columns %}
            case when rows_of_feed.{{ column }} is null then '{{ column }}|' else '' end{{ ',' if not loop.last }}
            {%- endfor %}
        ), ''
    )
{%- endmacro %}

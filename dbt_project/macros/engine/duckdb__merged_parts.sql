{% macro duckdb__merged_parts(expressions) -%}
    nullif(
        array_to_string(
            list_sort(list_distinct(string_split(concat_ws('|', {{ expressions | join(', ') }}), '|'))), '|'
        ), ''
    )
{%- endmacro %}

{% macro default__merged_parts(expressions) -%}
    nullif(
        array_join(array_sort(array_distinct(split(concat_ws('|', {{ expressions | join(', ') }}), '[|]'))), '|'),
        ''
    )
{%- endmacro %}

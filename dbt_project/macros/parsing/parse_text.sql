{#- Trimmed; null when the cell is empty or one of the signs for "missing". Width is kept: it is text. -#}
{% macro parse_text(expression) -%}
    nullif(
        nullif({{ replace_all(expression, '^[\\s\\x{00A0}\\x{3000}]+|[\\s\\x{00A0}\\x{3000}]+$', '') }}, ''),
        case when {{ is_missing_mark(expression) }} then {{ replace_all(expression, '^[\\s\\x{00A0}\\x{3000}]+|[\\s\\x{00A0}\\x{3000}]+$', '') }} end
    )
{%- endmacro %}

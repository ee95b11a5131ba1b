{#- From a cell as delivered to a text: trimmed; null when the cell is empty or one of the signs for "missing".
    Width is kept: it is text. What may be normalised is normalised in this folder and nowhere else. -#}
{% macro parse_text(expression) -%}
    case
        when {{ is_missing_mark(expression) }} then null
        when {{ matches(expression, '^[\\s\\x{00A0}\\x{3000}]|[\\s\\x{00A0}\\x{3000}]$') }}
            then {{ replace_all(expression, '^[\\s\\x{00A0}\\x{3000}]+|[\\s\\x{00A0}\\x{3000}]+$', '') }}
        else {{ expression }}
    end
{%- endmacro %}

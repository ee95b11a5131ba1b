{#- A code of a list (industry, division): folded, without spaces; null when missing. -#}
{% macro parse_code(expression) -%}
    case
        when {{ matches(expression, '^[0-9A-Z]+$') }} then {{ expression }}
        when not {{ is_missing_mark(expression) }} then upper({{ fold_name(expression) }})
    end
{%- endmacro %}

{#- True for 是, false for 否, null for missing and for anything else. -#}
{% macro parse_flag(expression) -%}
    case
        when {{ parse_code(expression) }} in ('是', '1', 'Y', 'YES', '√') then true
        when {{ parse_code(expression) }} in ('否', '0', 'N', 'NO', '×') then false
    end
{%- endmacro %}

{#- For comparing names: width folded, all white space out. -#}
{% macro fold_name(expression) -%}
    {{ replace_all(fold_width(expression), '[\\s\\x{00A0}]+', '') }}
{%- endmacro %}

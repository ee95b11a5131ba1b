{#- Digits, at most with a sign and decimals: nothing to normalise, as in nearly every cell. -#}
{% macro _is_plain_number(expression) -%}
    {{ matches(expression, '^-?[0-9]+([.][0-9]+)?$') }}
{%- endmacro %}

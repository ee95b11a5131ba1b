{% macro capacity_unit(expression) -%}
    nullif({{ replace_all(_unit_part(expression), '^[万亿]|/年$|每年$', '') }}, '')
{%- endmacro %}

{% macro parse_money(expression, unit) -%}
    {{ parse_quantity(expression, unit, 'money') }}
{%- endmacro %}

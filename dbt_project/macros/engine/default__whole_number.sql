{% macro default__whole_number(expression, places) -%}
    cast(cast({{ expression }} as decimal(38, {{ places }})) * {{ 10 ** places }} as decimal(38, 0))
{%- endmacro %}

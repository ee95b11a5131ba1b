{% macro duckdb__whole_number(expression, places) -%}
    cast(cast({{ expression }} as decimal(38, {{ places }})) * {{ 10 ** places }} as hugeint)
{%- endmacro %}

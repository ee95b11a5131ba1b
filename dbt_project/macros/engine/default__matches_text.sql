{% macro default__matches_text(expression, pattern) -%}
    ({{ expression }}) rlike ({{ pattern }})
{%- endmacro %}

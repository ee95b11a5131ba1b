{% macro _number_part(expression) -%}
    nullif(regexp_extract({{ _number_text(expression) }}, '^([+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?)', 1), '')
{%- endmacro %}

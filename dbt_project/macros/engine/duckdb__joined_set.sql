{% macro duckdb__joined_set(expression) -%}
    string_agg(distinct {{ expression }}, '|' order by {{ expression }})
{%- endmacro %}

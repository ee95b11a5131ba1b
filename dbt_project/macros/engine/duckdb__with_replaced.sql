{% macro duckdb__with_replaced(relation, alias, replaced) -%}
    {{ alias }}.* replace (
            {%- for column, expression in replaced.items() %}
            {{ expression }} as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}

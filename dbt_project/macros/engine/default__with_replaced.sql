{% macro default__with_replaced(relation, alias, replaced) -%}
    {%- if execute -%}
    {%- for column in adapter.get_columns_in_relation(relation) %}
        {{ replaced.get(column.name, alias ~ '.' ~ column.name) }} as {{ column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    {%- endif -%}
{%- endmacro %}

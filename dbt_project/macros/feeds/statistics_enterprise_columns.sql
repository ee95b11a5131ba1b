{#- All columns that hold figures. -#}
{% macro statistics_enterprise_columns() -%}
    {%- set columns = ['employees'] -%}
    {%- for item in statistics_enterprise_items() -%}
        {%- for part in ['month', 'ytd', 'ytd_prior'] -%}
            {%- do columns.append(item ~ '_' ~ part) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

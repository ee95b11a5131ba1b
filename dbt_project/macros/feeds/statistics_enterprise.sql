{#- The items of the enterprise return, once for all models that walk over them. An item is added here, in the
    feed's contract and in the indicator list. -#}

{% macro statistics_enterprise_items() -%}
    {{ return([
        'gross_output_value', 'operating_revenue', 'total_profit', 'tax_paid', 'export_value', 'rd_expense',
        'electricity_use', 'online_retail_sales',
    ]) }}
{%- endmacro %}


{#- Items that can be negative: their cumulative figure may fall. -#}
{% macro statistics_enterprise_signed_items() -%}
    {{ return(['total_profit', 'tax_paid']) }}
{%- endmacro %}


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

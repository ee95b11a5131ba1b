{#- The items of the enterprise return, once for all models that walk over them. An item is added here, in the
    feed's contract and in the indicator list. -#}
{% macro statistics_enterprise_items() -%}
    {{ return([
        'gross_output_value', 'operating_revenue', 'total_profit', 'tax_paid', 'export_value', 'rd_expense',
        'electricity_use', 'online_retail_sales',
    ]) }}
{%- endmacro %}

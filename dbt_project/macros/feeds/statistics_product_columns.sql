{#- The figures of the product return, once for all models that walk over them. -#}
{% macro statistics_product_columns() -%}
    {{ return([
        'output_month', 'output_ytd', 'output_ytd_prior', 'sales_month', 'sales_ytd', 'average_price',
    ]) }}
{%- endmacro %}

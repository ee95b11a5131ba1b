{#- Items that can be negative: their cumulative figure may fall. -#}
{% macro statistics_enterprise_signed_items() -%}
    {{ return(['total_profit', 'tax_paid']) }}
{%- endmacro %}

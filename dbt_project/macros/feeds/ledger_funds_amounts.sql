{#- Money in 万元. -#}
{% macro ledger_funds_amounts() -%}
    {{ return(['amount', 'received_amount', 'paid_amount']) }}
{%- endmacro %}

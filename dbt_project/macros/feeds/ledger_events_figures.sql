{#- The figures of the event ledger: enterprises, attendance, and money in 万元. -#}
{% macro ledger_events_figures() -%}
    {{ return(['enterprises', 'attendance', 'intended_value', 'deal_value']) }}
{%- endmacro %}

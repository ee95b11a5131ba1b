{#- Aggregate: the non-null texts of a group in the order of another expression, joined by `separator`; null when
    there is none. -#}
{% macro joined_in_order(expression, order_by, separator) -%}
    {{ return(adapter.dispatch('joined_in_order')(expression, order_by, separator)) }}
{%- endmacro %}

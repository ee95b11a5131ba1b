{#- All columns of a source in their order, some of them by another expression under the same name. `relation`: the
    source; `alias`: its name in the query; `replaced`: mapping column -> expression. -#}
{% macro with_replaced(relation, alias, replaced) -%}
    {{ return(adapter.dispatch('with_replaced')(relation, alias, replaced)) }}
{%- endmacro %}

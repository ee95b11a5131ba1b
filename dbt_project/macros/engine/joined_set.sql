{#- Distinct non-null values of a text column of a group, sorted and joined by `|`. -#}
{% macro joined_set(expression) -%}
    {{ return(adapter.dispatch('joined_set')(expression)) }}
{%- endmacro %}

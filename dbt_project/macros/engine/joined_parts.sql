{#- Aggregate: the distinct parts of `|`-joined texts, sorted and joined again; null when there is none. -#}
{% macro joined_parts(expression) -%}
    {{ return(adapter.dispatch('joined_parts')(expression)) }}
{%- endmacro %}

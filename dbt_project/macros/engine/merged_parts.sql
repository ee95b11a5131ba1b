{#- The distinct parts of several `|`-joined texts of one row, sorted and joined again; null when there is none. -#}
{% macro merged_parts(expressions) -%}
    {{ return(adapter.dispatch('merged_parts')(expressions)) }}
{%- endmacro %}

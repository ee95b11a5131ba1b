{#- Text functions whose spelling or default differs between engines. Meaning belongs in macros/parsing. -#}
{% macro replace_all(expression, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_all')(expression, pattern, replacement)) }}
{%- endmacro %}

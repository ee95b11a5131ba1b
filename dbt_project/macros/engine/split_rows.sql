{#- `expression` split at a separator, one row a part; columns `key_columns` and `part`. -#}
{% macro split_rows(relation, key_columns, expression, separator='|') -%}
    {{ return(adapter.dispatch('split_rows')(relation, key_columns, expression, separator)) }}
{%- endmacro %}

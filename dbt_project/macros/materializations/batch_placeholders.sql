{#- What stands for the first and the last month of a batch in the text of a model that is built in batches. -#}
{% macro batch_placeholders() -%}
    {{ return(('@first_month@', '@last_month@')) }}
{%- endmacro %}

{#- Is a period in the batch that is being built? Where none is (in a unit test), every one is. -#}
{% macro is_in_batch(period) -%}
    {%- set first, last = batch_placeholders() -%}
    ({{ period }} between '{{ first }}' and '{{ last }}' or substr('{{ first }}', 1, 1) = '@')
{%- endmacro %}

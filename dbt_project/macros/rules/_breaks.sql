{#- The condition under which an item breaks its rule against what the walk remembers of it. -#}
{% macro _breaks(item, comparison, memory) -%}
    {%- if memory == 'last' -%}
        substr(walked.last_used_period, 1, 4) = substr(numbered._period, 1, 4)
        and numbered.{{ item }} {{ comparison }} walked.last_{{ item }}
    {%- else -%}
        abs(numbered.{{ item }}) {{ comparison }} numbered._factor * walked.peak_{{ item }}
    {%- endif -%}
{%- endmacro %}

{% macro _named_breaks(items, comparison, memory) -%}
    nullif(
        concat(
            ''
            {%- for item in items %},
            case when {{ _breaks(item, comparison, memory) }} then '{{ item }}|' else '' end
            {%- endfor %}
        ), ''
    )
{%- endmacro %}

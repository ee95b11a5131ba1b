{% macro _named_breaks(items, comparison, memory, factor=none) -%}
    nullif(
        concat(
            ''
            {%- for item in items %},
            case when {{ _breaks(item, comparison, memory, factor) }} then '{{ item }}|' else '' end
            {%- endfor %}
        ), ''
    )
{%- endmacro %}

{#- The same as a sentence for people: value and what it was held against. -#}
{% macro _seen_breaks(items, comparison, memory) -%}
    nullif(
        concat(
            ''
            {%- for item in items %},
            case
                when {{ _breaks(item, comparison, memory) }}
                    then concat(numbered.{{ item }}, ' ({{ "上次" if memory == "last" else "以往最大" }} ', walked.{{ memory }}_{{ item }}, ') ')
                else ''
            end
            {%- endfor %}
        ), ''
    )
{%- endmacro %}

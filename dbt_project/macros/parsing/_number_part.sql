{#- The leading number of a cell as text, null when there is none. -#}
{% macro _number_part(expression) -%}
    case
        when {{ _is_plain_number(expression) }} then {{ expression }}
        else
            nullif(
                regexp_extract(
                    {{ _number_text(expression) }},
                    '^([+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?)', 1
                ), ''
            )
    end
{%- endmacro %}

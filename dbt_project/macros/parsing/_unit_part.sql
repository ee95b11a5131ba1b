{#- What stands behind the number, brackets off; '' when nothing. -#}
{% macro _unit_part(expression) -%}
    case
        when {{ _is_plain_number(expression) }} then ''
        else
            {{ replace_all(
                replace_all(
                    _number_text(expression), '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?', ''
                ),
                '[()]', ''
            ) }}
    end
{%- endmacro %}

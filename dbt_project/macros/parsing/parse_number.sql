{#- A number with nothing behind it but, at most, the unit of its row; decimal(20,8). -#}
{% macro parse_number(expression, unit="''") -%}
    case
        when not {{ is_missing_mark(expression) }} and {{ _unit_part(expression) }} in ('', {{ unit }})
            then try_cast({{ _number_part(expression) }} as decimal(20, 8))
    end
{%- endmacro %}

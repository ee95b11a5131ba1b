{#- The unit of a capacity, null where there is no number that it could be the unit of. -#}
{% macro capacity_unit(expression) -%}
    case
        when not {{ is_missing_mark(expression) }} and {{ _number_part(expression) }} is not null
            then nullif({{ replace_all(_unit_part(expression), '^[万亿]|/年$|每年$', '') }}, '')
    end
{%- endmacro %}

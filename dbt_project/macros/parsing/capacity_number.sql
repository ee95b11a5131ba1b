{#- A capacity such as `5万吨`: 50,000 and 吨. The 万 is part of the number, the unit stays as written. -#}
{% macro capacity_number(expression) -%}
    case
        when {{ capacity_unit(expression) }} is not null
            then try_cast(
                try_cast({{ _number_part(expression) }} as decimal(20, 8))
                * case
                    when {{ _unit_part(expression) }} like '万%' then 10000
                    when {{ _unit_part(expression) }} like '亿%' then 100000000
                    else 1
                end
                as decimal(18, 4)
            )
    end
{%- endmacro %}

{#- A price in 元, decimal(32,10): finer than money in 万元 allows. `unit`: expression of the unit that holds for
    the cell unless the cell itself names one. -#}
{% macro parse_price(expression, unit) -%}
    case
        when not {{ is_missing_mark(expression) }}
            then
                try_cast({{ _number_part(expression) }} as decimal(20, 8))
                * cast(
                    {{ unit_factor("coalesce(nullif(" ~ _unit_part(expression) ~ ", ''), " ~ unit ~ ")", 'money') }}
                    * 10000 as decimal(12, 2)
                )
    end
{%- endmacro %}

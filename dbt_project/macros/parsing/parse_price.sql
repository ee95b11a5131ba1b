{#- A price in 元, decimal(32,10): finer than money in 万元 allows. `unit`: expression of the unit that holds for
    the cell unless the cell itself names one. A price of 100 million and more is a slip, and is not read. -#}
{% macro parse_price(expression, unit) -%}
    case
        when not {{ is_missing_mark(expression) }}
            then cast(
                try_cast(
                    try_cast({{ _number_part(expression) }} as decimal(20, 8))
                    * cast(
                        {{ unit_factor("coalesce(nullif(" ~ _unit_part(expression) ~ ", ''), " ~ unit ~ ")", 'money') }}
                        * 10000 as decimal(12, 2)
                    )
                    as decimal(18, 10)
                )
                as decimal(32, 10)
            )
    end
{%- endmacro %}

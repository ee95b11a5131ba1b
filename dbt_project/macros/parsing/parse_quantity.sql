{#- A quantity in the base unit of its dimension, decimal(18,4). `unit`: expression of the unit that holds for
    the cell unless the cell itself names one. 10,000 million and more is no figure of a county but a slip, and is not
    read: sums, products and ratios of what is read stay within what a decimal holds. -#}
{% macro parse_quantity(expression, unit, dimension) -%}
    case
        when not {{ is_missing_mark(expression) }}
            then cast(
                try_cast(
                    try_cast({{ _number_part(expression) }} as decimal(20, 8))
                    * cast(
                        {{ unit_factor("coalesce(nullif(" ~ _unit_part(expression) ~ ", ''), " ~ unit ~ ")", dimension) }}
                        as decimal(14, 6)
                    )
                    as decimal(14, 4)
                )
                as decimal(18, 4)
            )
    end
{%- endmacro %}

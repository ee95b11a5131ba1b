{#- A flow over twelve months: the year to date, and last year without the same months. `return_period`: the month whose
    return is read, in January (which has none) last December; a December is twelve months by itself. Null where one
    of the three is missing. -#}
{% macro trailing_12m(return_period, value_ytd, december_ytd, year_before_ytd) -%}
    cast(
        case
            when {{ month_number(return_period) }} = 12 then {{ value_ytd }}
            else {{ value_ytd }} + {{ december_ytd }} - {{ year_before_ytd }}
        end as decimal(18, 4)
    )
{%- endmacro %}

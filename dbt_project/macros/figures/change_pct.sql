{#- By how many per cent the second value differs from the first, without its sign; decimal(28,8), finer than what is
    published, since means are taken of it. Null where a value is missing or the first is 0. More than 10 million
    times the first counts as a billion per cent: no figure of a city is so, and arithmetic holds. -#}
{% macro change_pct(first_value, latest_value) -%}
    cast(
        case
            when
                cast(abs(({{ latest_value }}) - ({{ first_value }})) as decimal(38, 4))
                >= 10000000 * cast(abs({{ first_value }}) as decimal(38, 4))
                and ({{ first_value }}) <> 0
                then 10000000000000
            else
                {{ round_ratio(
                    "abs((" ~ latest_value ~ ") - (" ~ first_value ~ "))",
                    "abs(" ~ first_value ~ ")",
                    1000000, 4
                ) }}
        end * cast(0.0001 as decimal(5, 4))
        as decimal(28, 8)
    )
{%- endmacro %}

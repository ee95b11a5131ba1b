{#- multiplier × numerator / denominator, rounded to `places` (0 to 4); decimal(18,4).
    Null when a part is null, the denominator is 0, or no decimal(18,4) holds the ratio. Both parts count to `in_places` decimal places. -#}
{% macro round_ratio(numerator, denominator, multiplier=1, places=2, in_places=4) -%}
    try_cast(
        sign({{ numerator }}) * sign({{ denominator }})
        * try_cast(
            {{ whole_quotient(
                "2 * abs(" ~ whole_number(numerator, in_places) ~ ") * " ~ (multiplier * 10 ** places)
                ~ " + abs(" ~ whole_number(denominator, in_places) ~ ")",
                "2 * abs(" ~ whole_number(denominator, in_places) ~ ")"
            ) }}
            as decimal(24, 0)
        )
        * cast({{ '1' if places == 0 else '0.' ~ '0' * (places - 1) ~ '1' }} as decimal(5, 4))
        as decimal(18, 4)
    )
{%- endmacro %}

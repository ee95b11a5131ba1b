{#- Exact rounded ratios. `decimal / decimal` is a binary double in DuckDB and wrong in ties, so every ratio
    of the project goes through here: whole numbers, halves away from zero. Meaning belongs in macros/figures. -#}

{#- multiplier × numerator / denominator, rounded to `places` (0 to 4); decimal(18,4).
    Null when a part is null or the denominator is 0. Both parts count to `in_places` decimal places. -#}
{% macro round_ratio(numerator, denominator, multiplier=1, places=2, in_places=4) -%}
    cast(
        sign({{ numerator }}) * sign({{ denominator }})
        * cast(
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


{#- A decimal expression as a whole number of its `places`-th decimals. -#}
{% macro whole_number(expression, places) -%}
    {{ return(adapter.dispatch('whole_number')(expression, places)) }}
{%- endmacro %}

{% macro default__whole_number(expression, places) -%}
    cast(cast({{ expression }} as decimal(38, {{ places }})) * {{ 10 ** places }} as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__whole_number(expression, places) -%}
    cast(cast({{ expression }} as decimal(38, {{ places }})) * {{ 10 ** places }} as hugeint)
{%- endmacro %}


{#- Whole-number division towards zero; null when the divisor is 0. -#}
{% macro whole_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient(dividend, divisor) -%}
    (({{ dividend }}) div nullif({{ divisor }}, 0))
{%- endmacro %}

{% macro duckdb__whole_quotient(dividend, divisor) -%}
    (({{ dividend }}) // nullif({{ divisor }}, 0))
{%- endmacro %}

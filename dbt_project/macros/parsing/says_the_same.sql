{#- Whether two cells say the same: the same text, number or date, however written. -#}
{% macro says_the_same(one, other) -%}
    (
        {{ fold_name(one) }} = {{ fold_name(other) }}
        or {{ parse_number(one) }} = {{ parse_number(other) }}
        or {{ parse_date(one) }} = {{ parse_date(other) }}
        or ({{ is_missing_mark(one) }} and {{ is_missing_mark(other) }})
    )
{%- endmacro %}

{#- Growth in per cent, 2 places. Null where the base is missing, zero or negative: it has no growth rate. -#}
{% macro growth_pct(value, base) -%}
    {{ round_ratio(
        "(" ~ value ~ ") - (" ~ base ~ ")",
        "case when (" ~ base ~ ") > 0 then " ~ base ~ " end",
        100
    ) }}
{%- endmacro %}

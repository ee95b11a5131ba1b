{#- How a figure is compared with another. Rounding belongs in macros/engine/ratio.sql. -#}

{#- Growth in per cent, 2 places. Null where the base is missing, zero or negative: it has no growth rate. -#}
{% macro growth_pct(value, base) -%}
    {{ round_ratio(
        "(" ~ value ~ ") - (" ~ base ~ ")",
        "case when (" ~ base ~ ") > 0 then " ~ base ~ " end",
        100
    ) }}
{%- endmacro %}


{#- A threshold of the seed `thresholds`, as a scalar. -#}
{% macro threshold(threshold_id) -%}
    (
        select max(thresholds.value)
        from {{ ref('thresholds') }} as thresholds
        where thresholds.threshold_id = '{{ threshold_id }}'
    )
{%- endmacro %}

{#- 本月 + the 累计 of the month before ≠ 累计, beyond the tolerance. The year's first return (January, or February
    for January and February together) has nothing before it. Not evaluated when a part is missing. Reads a relation
    called `rows_of_feed` with `_period` and `has_month_before`. -#}
{% macro ytd_does_not_add_up(month, before_ytd, ytd) -%}
    (
        abs(
            rows_of_feed.{{ month }}
            + case
                when {{ month_number('rows_of_feed._period') }} <= 2 then 0
                when rows_of_feed.has_month_before then rows_of_feed.{{ before_ytd }}
            end
            - rows_of_feed.{{ ytd }}
        ) * 100 > {{ threshold('ytd_sum_tolerance_pct') }} * abs(rows_of_feed.{{ ytd }})
    )
{%- endmacro %}

{#- A threshold of the seed `thresholds`, as a scalar. -#}
{% macro threshold(threshold_id) -%}
    (
        select max(thresholds.value)
        from {{ ref('thresholds') }} as thresholds
        where thresholds.threshold_id = '{{ threshold_id }}'
    )
{%- endmacro %}

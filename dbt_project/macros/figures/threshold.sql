{#- A threshold of the seed `thresholds`, as a scalar; wide, so that a product with a figure cannot overflow. -#}
{% macro threshold(threshold_id) -%}
    (
        select cast(max(thresholds.value) as decimal(38, 4))
        from {{ ref('thresholds') }} as thresholds
        where thresholds.threshold_id = '{{ threshold_id }}'
    )
{%- endmacro %}

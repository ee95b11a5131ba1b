-- grain: one row per delivered row and broken rule, over all feeds
{%- set feeds = row_feeds() %}

with

final as (

    {%- for feed in feeds %}
    select
        period,
        feed,
        rule_id,
        severity,
        row_id,
        delivery_id,
        file,
        sheet,
        row_no,
        row_key,
        row_status,
        column_name,
        seen
    from {{ ref('val_' ~ feed) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

-- grain: one row per accepted delivery: every row it holds, and what became of it
-- rows_used is counted among the used rows themselves, not by subtraction: the sum can be wrong.
{%- set feeds = row_feeds() %}

with deliveries as (

    select *
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

row_counts as (

    select
        delivery_id,
        rows_quarantined,
        rows_superseded
    from {{ ref('val_row_counts') }}

),

used as (

    {%- for feed in feeds %}
    select
        _delivery_id as delivery_id,
        count(*) as rows_used
    from {{ ref('int_' ~ feed) }}
    group by _delivery_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

final as (

    select
        deliveries.period,
        deliveries.feed,
        deliveries.delivery_id,
        deliveries.file_name,
        deliveries.rows_read,
        coalesce(used.rows_used, 0) as rows_used,
        coalesce(row_counts.rows_quarantined, 0) as rows_quarantined,
        coalesce(row_counts.rows_superseded, 0) as rows_superseded,
        deliveries.rows_not_data
    from deliveries
    left join row_counts on deliveries.delivery_id = row_counts.delivery_id
    left join used on deliveries.delivery_id = used.delivery_id

)

select * from final

-- grain: one row per accepted delivery: its data rows, those in force, and those of them that are set aside
{%- set feeds = row_feeds() %}

with
{%- for feed in feeds %}

{{ feed }}_set_aside as (

    select distinct row_id
    from {{ ref('val_' ~ feed) }}
    where severity = 'quarantine' and row_status = 'in_force'

),

{{ feed }}_counts as (

    select
        feed_rows._period as period,
        '{{ feed }}' as feed,
        feed_rows._delivery_id as delivery_id,
        count(*) as rows_data,
        count(*) filter (where feed_rows._status = 'in_force') as rows_in_force,
        count(set_aside.row_id) as rows_quarantined,
        count(*) filter (where feed_rows._status <> 'in_force') as rows_superseded
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    left join {{ feed }}_set_aside as set_aside
        on feed_rows._row_id = set_aside.row_id and feed_rows._status = 'in_force'
    group by feed_rows._period, feed_rows._delivery_id

),
{%- endfor %}

final as (

    {%- for feed in feeds %}
    select
        period,
        feed,
        delivery_id,
        rows_data,
        rows_in_force,
        rows_quarantined,
        rows_superseded
    from {{ feed }}_counts
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

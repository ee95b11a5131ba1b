-- grain: one row per row in force or superseded of the product return whose key can be read
{%- set figures = statistics_product_columns() %}
{%- set rising = ['output_ytd', 'sales_ytd'] %}

with recursive broken as (

    select distinct row_id
    from {{ ref('val_statistics_product_cells') }}
    where severity = 'quarantine'

),

candidates as (

    select
        feed_rows._row_key,
        feed_rows._period,
        feed_rows._row_id,
        broken.row_id is null and feed_rows._status = 'in_force' as _is_sound,
        {%- for figure in figures %}
        feed_rows.{{ figure }},
        {%- endfor %}
    from {{ ref('val_statistics_product_rows') }} as feed_rows
    left join broken on feed_rows._row_id = broken.row_id
    where feed_rows._status <> 'repeat' and feed_rows._row_key is not null

),

{{ walk_history(items=figures, rising=rising, factor=threshold('history_jump_factor')) }},

final as (

    select
        _row_key,
        _period,
        _row_id,
        falls,
        falls_seen,
        jumps,
        jumps_seen,
        is_used
    from walked

)

select * from final

{#- CTE `feed_rows`: the rows of a feed, each with what its history says of it (`val_<feed>_history`). -#}
{% macro rows_with_history(feed) -%}
feed_rows as (

    select
        feed_rows.*,
        history.jumps,
        history.jumps_seen,
        coalesce(history.is_used, false) as is_used,
        -- A superseded row is judged beside others too, for its first pass.
        coalesce(history.is_used, false) or feed_rows._status = 'superseded' as is_confronted
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    left join {{ ref('val_' ~ feed ~ '_history') }} as history on feed_rows._row_id = history._row_id

)
{%- endmacro %}

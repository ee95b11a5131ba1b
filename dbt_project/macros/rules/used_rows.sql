{#- The used rows themselves: in force and not set aside. `columns`: what the feed adds to the common ones. -#}
{% macro used_rows(feed, columns) -%}
    select
        feed_rows._period as period,
        {%- for column in columns %}
        feed_rows.{{ column }},
        {%- endfor %}
        feed_rows._row_id,
        feed_rows._delivery_id,
        warnings.warnings as _warnings,
        feed_rows._revised
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    left join set_aside on feed_rows._row_id = set_aside.row_id
    left join warnings on feed_rows._row_id = warnings.row_id and feed_rows._period = warnings.period
    where feed_rows._status = 'in_force' and set_aside.row_id is null
{%- endmacro %}

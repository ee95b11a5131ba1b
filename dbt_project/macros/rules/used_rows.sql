{#- CTEs `warnings` and `set_aside` of a feed: what an `int_<feed>` needs to keep the used rows alone. -#}
{% macro used_row_ctes(feed) -%}
warnings as (

    select
        row_id,
        {{ joined_set('rule_id') }} as warnings,
    from {{ ref('val_' ~ feed) }}
    where severity = 'warn'
    group by row_id

),

set_aside as (

    select distinct row_id
    from {{ ref('val_' ~ feed) }}
    where severity = 'quarantine'

)
{%- endmacro %}


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
        feed_rows._revised,
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    left join set_aside on feed_rows._row_id = set_aside.row_id
    left join warnings on feed_rows._row_id = warnings.row_id
    where feed_rows._status = 'in_force' and set_aside.row_id is null
{%- endmacro %}

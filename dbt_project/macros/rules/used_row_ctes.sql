{#- CTEs `warnings` and `set_aside` of a feed: what an `int_<feed>` needs to keep the used rows alone. -#}
{% macro used_row_ctes(feed) -%}
warnings as (

    select
        row_id,
        {{ joined_set('rule_id') }} as warnings
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

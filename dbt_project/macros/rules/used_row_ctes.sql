{#- CTEs `warnings` and `set_aside` of a feed: what an `int_<feed>` needs to keep the used rows alone.
    A warning is of a month: a project that vanishes later leaves its last row unmarked. -#}
{% macro used_row_ctes(feed) -%}
warnings as (

    select
        row_id,
        period,
        {{ joined_set('rule_id') }} as warnings
    from {{ ref('val_' ~ feed) }}
    where severity = 'warn'
    group by row_id, period

),

set_aside as (

    select distinct row_id
    from {{ ref('val_' ~ feed) }}
    where severity = 'quarantine'

)
{%- endmacro %}

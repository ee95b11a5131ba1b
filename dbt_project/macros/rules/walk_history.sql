{#- Recursive CTEs, the last of them `walked`: the rows of a feed in force or superseded whose key can be read, each held
    against the history of its key. A row that is not sound (superseded, or set aside for what stands in it) is told
    every rule that it breaks too, but adds nothing to the history. Per row: `falls` (`|`-joined `rising` items below
    the last used row of the same calendar year), `jumps` (items at least so many times the largest non-zero absolute
    value used before as the seed of thresholds says), `is_used`. Stands behind `with recursive`. -#}
{% macro walk_history(feed, items, rising=[]) -%}
broken as (

    select distinct row_id
    from {{ ref('val_' ~ feed ~ '_cells') }}
    where severity = 'quarantine'

),

candidates as (

    select
        feed_rows._row_key,
        feed_rows._period,
        feed_rows._row_id,
        {%- for item in items %}
        feed_rows.{{ item }},
        {%- endfor %}
        broken.row_id is null and feed_rows._status = 'in_force' as _is_sound
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    left join broken on feed_rows._row_id = broken.row_id
    where feed_rows._status <> 'repeat' and feed_rows._row_key is not null

),

numbered as (

    select
        candidates.*,
        {{ threshold('history_jump_factor') }} as _factor,
        row_number() over (
            partition by candidates._row_key order by candidates._period, candidates._is_sound, candidates._row_id
        ) as _step
    from candidates

),

walked as (

    select
        numbered._row_key,
        numbered._step,
        numbered._period,
        numbered._row_id,
        case when numbered._is_sound then numbered._period end as last_used_period,
        {%- for item in rising %}
        case when numbered._is_sound then numbered.{{ item }} end as last_{{ item }},
        {%- endfor %}
        {%- for item in items %}
        case when numbered._is_sound then nullif(abs(numbered.{{ item }}), 0) end as peak_{{ item }},
        {%- endfor %}
        cast(null as {{ dbt.type_string() }}) as falls,
        cast(null as {{ dbt.type_string() }}) as falls_seen,
        cast(null as {{ dbt.type_string() }}) as jumps,
        cast(null as {{ dbt.type_string() }}) as jumps_seen,
        numbered._is_sound as is_used
    from numbered
    where numbered._step = 1

    union all

    select
        judged._row_key,
        judged._step,
        judged._period,
        judged._row_id,
        case when judged.is_used then judged._period else judged.last_used_period end as last_used_period,
        {%- for item in rising %}
        case when judged.is_used and judged.{{ item }} is not null then judged.{{ item }} else judged.last_{{ item }} end
            as last_{{ item }},
        {%- endfor %}
        {%- for item in items %}
        case
            when judged.is_used
                then nullif(greatest(coalesce(abs(judged.{{ item }}), 0), coalesce(judged.peak_{{ item }}, 0)), 0)
            else judged.peak_{{ item }}
        end as peak_{{ item }},
        {%- endfor %}
        judged.falls,
        judged.falls_seen,
        judged.jumps,
        judged.jumps_seen,
        judged.is_used
    from (
        select
            compared.*,
            compared._is_sound and compared.falls is null and compared.jumps is null as is_used
        from (
            select
                numbered._row_key,
                numbered._step,
                numbered._period,
                numbered._row_id,
                numbered._is_sound,
                walked.last_used_period,
                {%- for item in items %}
                numbered.{{ item }},
                walked.peak_{{ item }},
                {%- endfor %}
                {%- for item in rising %}
                case
                    when substr(walked.last_used_period, 1, 4) = substr(numbered._period, 1, 4)
                        then walked.last_{{ item }}
                end as last_{{ item }},
                {%- endfor %}
                {{ _named_breaks(rising, '<', 'last') }} as falls,
                {{ _seen_breaks(rising, '<', 'last') }} as falls_seen,
                {{ _named_breaks(items, '>=', 'peak') }} as jumps,
                {{ _seen_breaks(items, '>=', 'peak') }} as jumps_seen
            from walked
            inner join numbered
                on walked._row_key = numbered._row_key and walked._step + 1 = numbered._step
        ) as compared
    ) as judged

)
{%- endmacro %}

-- grain: one row per row in force or superseded of the fund ledger whose key can be read
{%- set amounts = ledger_funds_amounts() %}

with recursive broken as (

    select distinct row_id
    from {{ ref('val_ledger_funds_cells') }}
    where severity = 'quarantine'

),

candidates as (

    select
        feed_rows._row_key,
        feed_rows._period,
        feed_rows._row_id,
        {%- for amount in amounts %}
        feed_rows.{{ amount }},
        {%- endfor %}
        broken.row_id is null and feed_rows._status = 'in_force' as _is_sound
    from {{ ref('val_ledger_funds_rows') }} as feed_rows
    left join broken on feed_rows._row_id = broken.row_id
    where feed_rows._status <> 'repeat' and feed_rows._row_key is not null

),

{{ walk_history(items=amounts, rising=[], factor=threshold('history_jump_factor')) }},

final as (

    select
        _row_key,
        _period,
        _row_id,
        jumps,
        jumps_seen,
        is_used
    from walked

)

select * from final

-- grain: one row per row in force or superseded of the event ledger whose key can be read
{%- set figures = ledger_events_figures() %}

with recursive {{ walk_history('ledger_events', figures) }},

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

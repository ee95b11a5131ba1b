-- grain: one row per row in force or superseded of the task ledger whose key can be read
with recursive {{ walk_history('ledger_tasks', ['quantified_value']) }},

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

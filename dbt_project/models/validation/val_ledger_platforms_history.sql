-- grain: one row per row in force or superseded of the platform ledger whose key can be read
with recursive {{ walk_history('ledger_platforms', ['enterprises_served']) }},

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

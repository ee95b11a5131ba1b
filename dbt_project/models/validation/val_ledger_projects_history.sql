-- grain: one row per row in force or superseded of the project ledger whose key can be read
{%- set amounts = ledger_projects_amounts() %}

with recursive {{ walk_history('ledger_projects', amounts) }},

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

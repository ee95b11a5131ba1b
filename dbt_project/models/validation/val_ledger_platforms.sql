-- grain: one row per delivered row and broken rule; a platform that vanished stands with last month's row
with feed_rows as (

    select
        feed_rows.*,
        history.jumps,
        history.jumps_seen,
        coalesce(history.is_used, false) as is_used
    from {{ ref('val_ledger_platforms_rows') }} as feed_rows
    left join {{ ref('val_ledger_platforms_history') }} as history on feed_rows._row_id = history._row_id

),

{{ vanished_rows() }},

across as (

    {{ broken_rules([
        {
            'id': 'R-PLAT-004', 'column': 'rows_of_feed.jumps', 'seen': 'rows_of_feed.jumps_seen',
            'when': 'rows_of_feed.jumps is not null',
        },
    ], relation='feed_rows') }}

    union all

    {{ broken_rules([
        {'id': 'R-PLAT-006', 'column': "'platform_id'", 'seen': 'rows_of_feed._row_key', 'when': 'true'},
    ], relation='vanished') }}

),

across_with_severity as (

    {{ with_severity('ledger_platforms', 'across') }}

),

final as (

    {{ all_broken('ledger_platforms') }}

)

select * from final

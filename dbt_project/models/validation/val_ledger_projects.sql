-- grain: one row per delivered row and broken rule; a project that vanished stands with last month's row
with {{ rows_with_history('ledger_projects') }},

beside_last_month as (

    select
        feed_rows.*,
        before.completed_investment_total as before_completed_investment_total,
        before.stage as before_stage,
        before.stage_order as before_stage_order
    from feed_rows
    left join feed_rows as before
        on
            feed_rows._row_key = before._row_key
            and before._period = {{ period_shift('feed_rows._period', -1) }}
            and before.is_used

),

{{ vanished_rows() }},

across as (

    {{ broken_rules([
        {
            'id': 'R-PROJ-005', 'column': 'rows_of_feed.jumps', 'seen': 'rows_of_feed.jumps_seen',
            'when': 'rows_of_feed.jumps is not null',
        },
        {
            'id': 'R-PROJ-008', 'column': "'completed_investment_total'",
            'seen': "concat(rows_of_feed.completed_investment_total, ' (上月 ', "
                ~ "rows_of_feed.before_completed_investment_total, ')')",
            'when': 'rows_of_feed.is_confronted '
                ~ 'and rows_of_feed.completed_investment_total < rows_of_feed.before_completed_investment_total',
        },
        {
            'id': 'R-PROJ-009', 'column': "'stage'",
            'seen': "concat(rows_of_feed.stage, ' (上月 ', rows_of_feed.before_stage, ')')",
            'when': 'rows_of_feed.is_confronted and rows_of_feed.stage_order < rows_of_feed.before_stage_order',
        },
    ], relation='beside_last_month') }}

    union all

    {{ broken_rules([
        {'id': 'R-PROJ-010', 'column': "'project_id'", 'seen': 'rows_of_feed._row_key', 'when': 'true'},
    ], relation='vanished') }}

),

across_with_severity as (

    {{ with_severity('ledger_projects', 'across') }}

),

final as (

    {{ all_broken('ledger_projects') }}

)

select * from final

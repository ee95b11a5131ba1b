-- grain: one row per delivered row and broken rule; a project that vanished stands with last month's row
with feed_rows as (

    select
        feed_rows.*,
        history.jumps,
        history.jumps_seen,
        coalesce(history.is_used, false) as is_used
    from {{ ref('val_ledger_projects_rows') }} as feed_rows
    left join {{ ref('val_ledger_projects_history') }} as history on feed_rows._row_id = history._row_id

),

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

delivered_months as (

    select distinct _period
    from feed_rows

),

-- A row that was set aside has not vanished: any row of this month with the key counts.
vanished as (

    select
        delivered_months._period,
        before._row_id,
        before._delivery_id,
        before._file,
        before._sheet,
        before._row,
        before._row_key,
        before._status
    from feed_rows as before
    inner join delivered_months
        on before._period = {{ period_shift('delivered_months._period', -1) }}
    left join feed_rows as now
        on before._row_key = now._row_key and delivered_months._period = now._period
    where before.is_used and now._row_key is null

),

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
            'when': 'rows_of_feed.is_used '
                ~ 'and rows_of_feed.completed_investment_total < rows_of_feed.before_completed_investment_total',
        },
        {
            'id': 'R-PROJ-009', 'column': "'stage'",
            'seen': "concat(rows_of_feed.stage, ' (上月 ', rows_of_feed.before_stage, ')')",
            'when': 'rows_of_feed.is_used and rows_of_feed.stage_order < rows_of_feed.before_stage_order',
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

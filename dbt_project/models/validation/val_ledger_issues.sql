-- grain: one row per delivered row and broken rule; an issue that vanished stands with last month's row
with set_aside as (

    select distinct row_id
    from {{ ref('val_ledger_issues_cells') }}
    where severity = 'quarantine'

),

feed_rows as (

    select
        feed_rows.*,
        feed_rows._status = 'in_force' and feed_rows._row_key is not null and set_aside.row_id is null as is_used
    from {{ ref('val_ledger_issues_rows') }} as feed_rows
    left join set_aside on feed_rows._row_id = set_aside.row_id

),

{{ vanished_rows() }},

across as (

    {{ broken_rules([
        {'id': 'R-ISS-006', 'column': "'issue_id'", 'seen': 'rows_of_feed._row_key', 'when': 'true'},
    ], relation='vanished') }}

),

across_with_severity as (

    {{ with_severity('ledger_issues', 'across') }}

),

final as (

    {{ all_broken('ledger_issues') }}

)

select * from final

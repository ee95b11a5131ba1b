-- grain: one row per delivered row and broken rule; a certificate that vanished stands with last month's row
with set_aside as (

    select distinct row_id
    from {{ ref('val_ledger_honours_cells') }}
    where severity = 'quarantine'

),

feed_rows as (

    select
        feed_rows.*,
        feed_rows._status = 'in_force' and feed_rows._row_key is not null and set_aside.row_id is null as is_used
    from {{ ref('val_ledger_honours_rows') }} as feed_rows
    left join set_aside on feed_rows._row_id = set_aside.row_id

),

{{ vanished_rows() }},

across as (

    {{ broken_rules([
        {
            'id': 'R-HON-006', 'column': "'certificate_no|honour_type'", 'seen': 'rows_of_feed._row_key',
            'when': 'true',
        },
    ], relation='vanished') }}

),

across_with_severity as (

    {{ with_severity('ledger_honours', 'across') }}

),

final as (

    {{ all_broken('ledger_honours') }}

)

select * from final

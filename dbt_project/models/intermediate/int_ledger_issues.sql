-- grain: one row per month and issue: the used ledger rows
with {{ used_row_ctes('ledger_issues') }},

final as (

    {{ used_rows('ledger_issues', [
        'issue_id', 'town_code', 'subject', 'category', 'problem', 'raised_on', 'lead_unit', 'supporting_unit',
        'measures', 'due_on', 'status', 'closed_on', 'is_closed',
    ]) }}

)

select * from final

-- grain: one row per month, project, kind of money and day of allocation: the used ledger rows
with {{ used_row_ctes('ledger_funds') }},

final as (

    {{ used_rows('ledger_funds', [
        'project_id', 'fund_type', 'town_code', 'beneficiary', 'allocated_on',
    ] + ledger_funds_amounts()) }}

)

select * from final

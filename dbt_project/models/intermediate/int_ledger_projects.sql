-- grain: one row per month and project: the used ledger rows
with {{ used_row_ctes('ledger_projects') }},

final as (

    {{ used_rows('ledger_projects', [
        'project_id', 'project_name', 'town_code', 'owner', 'responsible_unit', 'township', 'project_type', 'stage',
        'problems', 'capacity_quantity', 'capacity_unit',
    ] + ledger_projects_amounts() + ledger_projects_dates()) }}

)

select * from final

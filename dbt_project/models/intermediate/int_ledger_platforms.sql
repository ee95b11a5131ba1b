-- grain: one row per month and platform: the used ledger rows
with {{ used_row_ctes('ledger_platforms') }},

final as (

    {{ used_rows('ledger_platforms', [
        'platform_id', 'platform_name', 'town_code', 'platform_type', 'opened_on', 'operating_status',
        'is_running', 'enterprises_served', 'operator',
    ]) }}

)

select * from final

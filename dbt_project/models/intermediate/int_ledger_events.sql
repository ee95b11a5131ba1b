-- grain: one row per month and event: the used ledger rows
with {{ used_row_ctes('ledger_events') }},

final as (

    {{ used_rows('ledger_events', [
        'event_id', 'event_name', 'event_type', 'town_code', 'held_on',
    ] + ledger_events_figures()) }}

)

select * from final

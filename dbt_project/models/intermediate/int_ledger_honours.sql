-- grain: one row per month and certificate: the used ledger rows
with {{ used_row_ctes('ledger_honours') }},

final as (

    {{ used_rows('ledger_honours', [
        'certificate_no', 'honour_type', 'honour_level', 'credit_code', 'holder', 'town_code', 'granted_on',
        'expires_on',
    ]) }}

)

select * from final

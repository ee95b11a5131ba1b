-- grain: one row per month and change: the used rows of the changes
with {{ used_row_ctes('registration_changes') }},

final as (

    {{ used_rows('registration_changes', [
        'credit_code', 'change_type', 'changed_on', 'register_column', 'value_after',
    ]) }}

)

select * from final

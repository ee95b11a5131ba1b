-- grain: one row per month and enterprise: the used returns
with {{ used_row_ctes('statistics_enterprise') }},

final as (

    {{ used_rows('statistics_enterprise', [
        'credit_code', 'enterprise_name', 'town_code', 'industry_code', 'is_above_scale',
    ] + statistics_enterprise_columns()) }}

)

select * from final

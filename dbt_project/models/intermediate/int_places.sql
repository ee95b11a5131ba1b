-- grain: one row per place that has figures: every town, and `all` for the whole city
with towns as (

    select
        town_code,
        town_name
    from {{ ref('town_list') }}

),

final as (

    select
        town_code,
        town_name
    from towns

    union all

    select
        'all' as town_code,
        '全市' as town_name

)

select * from final

-- grain: one row per town, and one for the whole city
with town_list as (

    select
        town_code,
        town_name,
        short_name,
        aliases,
        leading_industry,
        leading_product,
        product_unit,
        level,
        cast(region_code as {{ dbt.type_string() }}) as region_code
    from {{ ref('town_list') }}

),

-- Every town_code of the other tables finds its row here, that of the whole city too.
final as (

    select
        town_code,
        town_name,
        short_name,
        aliases,
        leading_industry,
        leading_product,
        product_unit,
        level,
        region_code,
        false as is_whole_city,
        cast(null as {{ dbt.type_string() }}) as release_id
    from town_list
    union all
    select
        'all' as town_code,
        '全市' as town_name,
        '全市' as short_name,
        cast(null as {{ dbt.type_string() }}) as aliases,
        cast(null as {{ dbt.type_string() }}) as leading_industry,
        cast(null as {{ dbt.type_string() }}) as leading_product,
        cast(null as {{ dbt.type_string() }}) as product_unit,
        cast(null as {{ dbt.type_string() }}) as level,
        cast(null as {{ dbt.type_string() }}) as region_code,
        true as is_whole_city,
        cast(null as {{ dbt.type_string() }}) as release_id

)

select * from final

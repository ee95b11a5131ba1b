-- grain: one row per town, and one for the whole city
with places as (

    select
        town_code,
        town_name
    from {{ ref('int_places') }}

),

town_list as (

    select
        town_code,
        short_name,
        aliases,
        leading_industry,
        leading_product,
        product_unit,
        level,
        region_code
    from {{ ref('town_list') }}

),

-- Every town_code of the other tables finds its row here, that of the whole city too.
final as (

    select
        places.town_code,
        places.town_name,
        coalesce(town_list.short_name, places.town_name) as short_name,
        town_list.aliases,
        town_list.leading_industry,
        town_list.leading_product,
        town_list.product_unit,
        town_list.level,
        town_list.region_code,
        places.town_code = 'all' as is_whole_city,
        cast(null as {{ dbt.type_string() }}) as release_id
    from places
    left join town_list
        on places.town_code = town_list.town_code

)

select * from final

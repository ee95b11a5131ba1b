-- grain: one row per unit
with unit_list as (

    select
        unit,
        name_en,
        dimension,
        base_unit,
        factor
    from {{ ref('unit_list') }}

),

final as (

    select
        unit,
        name_en as unit_name_en,
        dimension,
        base_unit,
        cast(factor as decimal(18, 6)) as factor,
        cast(null as {{ dbt.type_string() }}) as release_id
    from unit_list

)

select * from final

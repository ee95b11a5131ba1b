-- grain: one row per target of the plan
with target_list as (

    select
        target_id,
        year,
        town_code,
        plan_clause,
        target_name,
        indicator_code,
        breakdown,
        measure,
        direction,
        target_value,
        unit,
        responsible_unit,
        scope_note
    from {{ ref('target_list') }}

),

final as (

    select
        target_id,
        cast(year as integer) as year,
        town_code,
        plan_clause,
        target_name,
        indicator_code,
        breakdown,
        measure,
        direction,
        cast(target_value as decimal(18, 4)) as target_value,
        unit,
        responsible_unit,
        scope_note,
        cast(null as {{ dbt.type_string() }}) as release_id
    from target_list

)

select * from final

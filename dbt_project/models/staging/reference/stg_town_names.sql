-- grain: one row per name by which a town may be called (folded)
with towns as (

    select
        town_code,
        concat(town_name, '|', short_name, '|', coalesce(aliases, '')) as names
    from {{ ref('town_list') }}

),

named as (

    {{ split_rows('towns', ['town_code'], 'names') }}

),

final as (

    select distinct
        {{ fold_name('named.part') }} as town_name_folded,
        named.town_code
    from named

)

select * from final

-- grain: one row per waiver in force
with waivers as (

    select * from {{ source('intake', 'waivers') }}

),

final as (

    select
        cast(waiver_id as integer) as waiver_id,
        rule_id,
        feed,
        period as first_period,
        until as last_period
    from waivers

)

select * from final

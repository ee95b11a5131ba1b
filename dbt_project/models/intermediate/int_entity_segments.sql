-- grain: one row per month, registered entity and town it belongs to
with periods as (

    select
        period,
        year,
        month_start_on,
        month_end_on
    from {{ ref('int_periods') }}

),

final as (

    select
        entities.period,
        entities.credit_code,
        segments.town_code,
        segments.chain_segment,
        entities.entity_type,
        entities.status_group,
        entities.established_on,
        entities.cancelled_on,
        entities.status_group = 'active' as is_active,
        entities.established_on between periods.month_start_on and periods.month_end_on as is_new_month,
        extract(year from entities.established_on) = periods.year
        and entities.established_on <= periods.month_end_on as is_new_ytd,
        coalesce(
            entities.status_group = 'cancelled'
            and entities.cancelled_on between periods.month_start_on and periods.month_end_on,
            false
        ) as is_cancelled_month,
        coalesce(
            entities.status_group = 'cancelled'
            and extract(year from entities.cancelled_on) = periods.year
            and entities.cancelled_on <= periods.month_end_on,
            false
        ) as is_cancelled_ytd,
        entities._row_id,
        entities._delivery_id,
        entities._warnings,
        entities._revised
    from {{ ref('int_register_in_effect') }} as entities
    inner join {{ ref('int_profile_segments') }} as segments on entities.profile_id = segments.profile_id
    inner join periods on entities.period = periods.period

)

select * from final

-- grain: one row per period, town (and `all`), entity type and chain segment
with segments as (

    select * from {{ ref('int_entity_segments') }}

),

entity_types as (

    select distinct entity_type
    from {{ ref('entity_type_list') }}

),

chain_segments as (

    select distinct chain_segment
    from {{ ref('membership_rules') }}

),

cells as (

    select
        feed_months.period,
        places.town_code,
        entity_types.entity_type,
        chain_segments.chain_segment
    from {{ ref('int_feed_months') }} as feed_months
    cross join {{ ref('int_places') }} as places
    cross join entity_types
    cross join chain_segments
    where feed_months.feed = 'registration_entities' and feed_months.has_data

),

-- In the whole city an entity of two towns counts once in a segment.
counted as (

    select
        cells.period,
        cells.town_code,
        cells.entity_type,
        cells.chain_segment,
        count(distinct segments.credit_code) filter (where segments.is_active) as active,
        count(distinct segments.credit_code) filter (where segments.is_new_month) as new_month,
        count(distinct segments.credit_code) filter (where segments.is_new_ytd) as new_ytd,
        count(distinct segments.credit_code) filter (where segments.is_cancelled_month) as cancelled_month,
        count(distinct segments.credit_code) filter (where segments.is_cancelled_ytd) as cancelled_ytd
    from cells
    left join segments
        on
            cells.period = segments.period
            and (cells.town_code = segments.town_code or cells.town_code = 'all')
            and cells.entity_type = segments.entity_type
            and cells.chain_segment = segments.chain_segment
    group by cells.period, cells.town_code, cells.entity_type, cells.chain_segment

),

final as (

    select
        period,
        town_code,
        entity_type,
        chain_segment,
        cast(active as integer) as active,
        cast(new_month as integer) as new_month,
        cast(new_ytd as integer) as new_ytd,
        cast(cancelled_month as integer) as cancelled_month,
        cast(cancelled_ytd as integer) as cancelled_ytd,
        cast(new_ytd - cancelled_ytd as integer) as net_new_ytd,
        cast(null as {{ dbt.type_string() }}) as release_id
    from counted

)

select * from final

-- grain: one row per target and part of its breakdown
with targets as (

    select
        target_id,
        year,
        town_code,
        indicator_code,
        breakdown
    from {{ ref('target_list') }}

),

indicators as (

    select
        indicator_code,
        source_feed,
        has_towns
    from {{ ref('indicator_list') }}

),

parts as (

    {{ split_rows('targets', ['target_id', 'year', 'town_code', 'indicator_code'], 'breakdown') }}

),

final as (

    select
        parts.target_id,
        cast(parts.year as integer) as year,
        parts.town_code,
        parts.indicator_code,
        indicators.source_feed,
        parts.part as breakdown,
        -- A town's target on what has no towns (tasks) reads the row of the whole city.
        case when indicators.has_towns then parts.town_code else 'all' end as read_town_code
    from parts
    inner join indicators
        on parts.indicator_code = indicators.indicator_code

)

select * from final

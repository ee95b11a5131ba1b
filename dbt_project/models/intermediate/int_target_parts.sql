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
        source_feed
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
        -- Tasks have no town: a town's target that reads them reads the row of the whole city.
        case
            when indicators.source_feed = 'ledger_tasks' then 'all'
            else parts.town_code
        end as read_town_code
    from parts
    inner join indicators
        on parts.indicator_code = indicators.indicator_code

)

select * from final

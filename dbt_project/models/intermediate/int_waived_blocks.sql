-- grain: one row per month, feed and block that would have stopped the month, but was waived
with blocks as (

    select
        period,
        feed,
        rule_id
    from {{ ref('rule_evaluations') }}
    where severity = 'block' and rows_failing > 0

),

waivers as (

    select * from {{ ref('stg_waivers') }}

),

refused_files as (

    select
        delivery_id,
        period,
        feed,
        refusal_rule
    from {{ ref('stg_deliveries') }}
    where is_refusal_pending

),

waived_by_rule as (

    select distinct
        blocks.period,
        blocks.feed,
        blocks.rule_id
    from blocks
    inner join waivers
        on
            blocks.rule_id = waivers.rule_id
            and (waivers.feed is null or blocks.feed = waivers.feed)
            and blocks.period between waivers.first_period and waivers.last_period

),

-- A waiver may name the rule by which a file was refused; it must speak of every file that waits for a better one.
waived_files as (

    select
        refused_files.period,
        refused_files.feed,
        count(distinct refused_files.delivery_id) as files,
        count(distinct case when waivers.rule_id is not null then refused_files.delivery_id end) as waived
    from refused_files
    left join waivers
        on
            refused_files.refusal_rule = waivers.rule_id
            and (waivers.feed is null or refused_files.feed = waivers.feed)
            and refused_files.period between waivers.first_period and waivers.last_period
    group by refused_files.period, refused_files.feed

),

waived_by_files as (

    select
        blocks.period,
        blocks.feed,
        blocks.rule_id
    from blocks
    inner join waived_files
        on
            blocks.rule_id = 'R-BATCH-006'
            and blocks.period = waived_files.period
            and blocks.feed = waived_files.feed
            and waived_files.files = waived_files.waived

),

final as (

    select
        period,
        feed,
        rule_id
    from waived_by_rule
    union
    select
        period,
        feed,
        rule_id
    from waived_by_files

)

select * from final

"""What must hold of the entities: a full grid, counts that add up, and agreement with the indicators.

Belongs here: identities between counts. Does not belong here: who belongs to a town, and what a status means.
"""

from expectations.suites.suite import Check, Suite, no_rows, with_rows_of

APPLIES = with_rows_of("registration_entities")

SUITE = Suite(
    table="entity_dynamics",
    checks=(
        Check(
            check_id="R-GX-ENT-001",
            claim="grid_is_complete",
            severity="block",
            must_hold_zh="每个专业镇和全市，各类主体、各链条环节都有一行",
            must_hold_en="every town and the whole city have one row of every entity type and segment",
            applies_to=APPLIES,
            expects=no_rows("""
                select
                    months.period, places.town_code, types.entity_type, segments.chain_segment,
                    count(judged.period) as times
                from (select distinct period from judged) as months
                cross join (
                    select town_code from town_list
                    union all
                    select 'all' as town_code
                ) as places
                cross join (select distinct entity_type from entity_type_list) as types
                cross join (select distinct chain_segment from membership_rules) as segments
                left join judged
                    on
                        months.period = judged.period
                        and places.town_code = judged.town_code
                        and types.entity_type = judged.entity_type
                        and segments.chain_segment = judged.chain_segment
                group by months.period, places.town_code, types.entity_type, segments.chain_segment
                having count(judged.period) <> 1
            """),
        ),
        Check(
            check_id="R-GX-ENT-002",
            claim="net_is_new_less_cancelled",
            severity="block",
            must_hold_zh="净增＝新增－注销",
            must_hold_en="net = new less cancelled",
            applies_to=APPLIES,
            expects=no_rows("""
                select period, town_code, entity_type, chain_segment, new_ytd, cancelled_ytd, net_new_ytd
                from judged
                where net_new_ytd is null or net_new_ytd is distinct from new_ytd - cancelled_ytd
            """),
        ),
        Check(
            check_id="R-GX-ENT-003",
            claim="counts_are_not_negative",
            severity="block",
            must_hold_zh="存续、新增、注销数都有，且不小于零",
            must_hold_en="active, new and cancelled are given and not below zero",
            applies_to=APPLIES,
            expects=no_rows("""
                select
                    period, town_code, entity_type, chain_segment, active, new_month, new_ytd, cancelled_month,
                    cancelled_ytd
                from judged
                where not coalesce(
                    active >= 0
                    and new_month >= 0
                    and new_ytd >= 0
                    and cancelled_month >= 0
                    and cancelled_ytd >= 0,
                    false
                )
            """),
        ),
        Check(
            check_id="R-GX-ENT-004",
            claim="year_to_date_covers_the_month",
            severity="block",
            must_hold_zh="本年累计不小于本月数",
            must_hold_en="the year to date is not below the month",
            applies_to=APPLIES,
            expects=no_rows("""
                select
                    period, town_code, entity_type, chain_segment, new_month, new_ytd, cancelled_month,
                    cancelled_ytd
                from judged
                where new_ytd < new_month or cancelled_ytd < cancelled_month
            """),
        ),
        Check(
            check_id="R-GX-ENT-005",
            claim="city_lies_between_its_towns",
            severity="block",
            must_hold_zh="全市存续数不小于任一专业镇，也不大于各专业镇之和",
            must_hold_en="the whole city has no fewer active entities than a town, and no more than all together",
            applies_to=APPLIES,
            # An entity of two towns counts once in the city: so this is no sum.
            expects=no_rows("""
                select
                    period,
                    entity_type,
                    chain_segment,
                    sum(active) filter (where town_code = 'all') as city,
                    max(active) filter (where town_code <> 'all') as largest_town,
                    sum(active) filter (where town_code <> 'all') as towns
                from judged
                group by period, entity_type, chain_segment
                having not coalesce(city between largest_town and towns, false)
            """),
        ),
        Check(
            check_id="R-GX-ENT-006",
            claim="core_agrees_with_the_indicators",
            severity="block",
            must_hold_zh="核心环节存续数与指标表的存续经营主体数一致",
            must_hold_en="the core segment's active entities are those of the indicator table",
            applies_to=APPLIES,
            looks_at="count(*) filter (where chain_segment = 'core')",
            expects=no_rows("""
                select
                    core.period, core.town_code, core.active, indicators.value as active_in_indicators
                from (
                    select period, town_code, sum(active) as active
                    from judged
                    where chain_segment = 'core'
                    group by period, town_code
                ) as core
                left join indicator_monthly as indicators
                    on
                        core.period = indicators.period
                        and core.town_code = indicators.town_code
                        and indicators.indicator_code = 'active_entities'
                        and indicators.breakdown = 'all'
                where core.active is distinct from indicators.value
            """),
        ),
    ),
)

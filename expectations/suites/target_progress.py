"""What must hold of the targets: each has its figure, or is grey for want of one; the light fits the figure.

Belongs here: what follows from the figures that stand beside each other. Does not belong here: the formulas of
progress, light and projection (they are proven beside the model).
"""

from expectations.suites.suite import (
    Check,
    Suite,
    in_target_year,
    never_null,
    no_rows,
    one_of,
    within,
)

SUITE = Suite(
    table="target_progress",
    checks=(
        Check(
            check_id="R-GX-TGT-001",
            claim="every_target_has_a_row",
            severity="block",
            must_hold_zh="当年的每个目标都有一行",
            must_hold_en="every target of the year has one row",
            applies_to=in_target_year,
            expects=no_rows("""
                select months.period, targets.target_id, count(judged.target_id) as times
                from (select distinct period from judged) as months
                inner join target_list as targets
                    on cast(targets.year as varchar) = substr(months.period, 1, 4)
                left join judged
                    on months.period = judged.period and targets.target_id = judged.target_id
                group by months.period, targets.target_id
                having count(judged.target_id) <> 1
            """),
        ),
        Check(
            check_id="R-GX-TGT-002",
            claim="every_target_has_a_light",
            severity="block",
            must_hold_zh="每个目标都有灯色",
            must_hold_en="every target has a light",
            applies_to=in_target_year,
            expects=never_null("light"),
        ),
        Check(
            check_id="R-GX-TGT-003",
            claim="light_is_known",
            severity="block",
            must_hold_zh="灯色是绿、黄、红、灰之一",
            must_hold_en="the light is green, yellow, red or grey",
            applies_to=in_target_year,
            expects=one_of("light", ["green", "yellow", "red", "grey"]),
        ),
        Check(
            check_id="R-GX-TGT-004",
            claim="grey_means_no_figure",
            severity="block",
            must_hold_zh="没有实际数的目标为灰灯，有实际数的不为灰灯",
            must_hold_en="a target is grey exactly while it has no figure",
            applies_to=in_target_year,
            expects=no_rows("""
                select period, target_id, actual_value, light
                from judged
                where light is not null and (actual_value is null) <> (light = 'grey')
            """),
        ),
        Check(
            check_id="R-GX-TGT-005",
            claim="figures_come_from_the_indicators",
            severity="block",
            must_hold_zh="目标的实际数就是指标表中的数；指标表有数时目标不缺数",
            must_hold_en="a target's figure is that of the indicator table, and is there when that has one",
            applies_to=in_target_year,
            # Tasks have no town: a target that reads them reads the whole city's row.
            expects=no_rows("""
                with parts as (
                    select
                        cast(year as varchar) as year,
                        target_id,
                        indicator_code,
                        measure,
                        case
                            when indicator_code in (
                                select indicator_code from indicator_list where source_feed = 'ledger_tasks'
                            )
                                then 'all'
                            else town_code
                        end as town_code,
                        unnest(string_split(breakdown, '|')) as breakdown
                    from target_list
                    where measure in ('value', 'value_ytd')
                ),
                figures as (
                    select
                        indicators.period,
                        parts.target_id,
                        sum(
                            case parts.measure
                                when 'value' then indicators.value
                                else indicators.value_ytd
                            end
                        ) as figure
                    from parts
                    inner join indicator_monthly as indicators
                        on
                            parts.town_code = indicators.town_code
                            and parts.indicator_code = indicators.indicator_code
                            and parts.breakdown = indicators.breakdown
                            and parts.year = substr(indicators.period, 1, 4)
                    group by indicators.period, parts.target_id
                )
                select judged.period, judged.target_id, judged.actual_value, figures.figure
                from judged
                inner join (select distinct year, target_id from parts) as read_targets
                    on
                        judged.target_id = read_targets.target_id
                        and substr(judged.period, 1, 4) = read_targets.year
                left join figures
                    on judged.period = figures.period and judged.target_id = figures.target_id
                where judged.actual_value is distinct from figures.figure
            """),
        ),
        Check(
            check_id="R-GX-TGT-006",
            claim="progress_is_not_negative",
            severity="block",
            must_hold_zh="完成进度不小于零",
            must_hold_en="progress is not below zero",
            applies_to=in_target_year,
            expects=within("progress_pct", 0, None),
        ),
        Check(
            check_id="R-GX-TGT-007",
            claim="gap_is_not_negative",
            severity="block",
            must_hold_zh="差额不小于零",
            must_hold_en="the gap is not below zero",
            applies_to=in_target_year,
            expects=within("gap_value", 0, None),
        ),
        Check(
            check_id="R-GX-TGT-008",
            claim="what_is_reached_is_green",
            severity="block",
            must_hold_zh="已超过目标的为绿灯；完成类目标未完成的不为绿灯",
            must_hold_en="what is above its target is green, and what is to be done is not green before",
            applies_to=in_target_year,
            # Above, not at: a growth is compared before it is rounded, and may only look as if it were there.
            expects=no_rows("""
                select period, target_id, direction, actual_value, target_value, light
                from judged
                where
                    (direction in ('at_least', 'done') and actual_value > target_value and light <> 'green')
                    or (direction = 'done' and actual_value < target_value and light = 'green')
            """),
        ),
        Check(
            check_id="R-GX-TGT-009",
            claim="projection_is_an_interval",
            severity="block",
            must_hold_zh="年末预测值落在预测区间内",
            must_hold_en="the projection lies within its interval",
            applies_to=in_target_year,
            expects=no_rows("""
                select period, target_id, projection_low, projected_year_end, projection_high
                from judged
                where
                    projected_year_end is not null
                    and coalesce(
                        projected_year_end between projection_low and projection_high, false
                    ) = false
            """),
        ),
    ),
)

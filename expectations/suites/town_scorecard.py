"""What must hold of the scorecard: a row for every town, whose figures are those of the indicator table.

Belongs here: completeness, bounds and agreement. Does not belong here: how the score is made.
"""

from expectations.suites.suite import Check, Suite, no_rows, with_any_rows, within

SUITE = Suite(
    table="town_scorecard",
    checks=(
        Check(
            check_id="R-GX-CARD-001",
            claim="every_town_has_a_row",
            severity="block",
            must_hold_zh="每个专业镇有且只有一行",
            must_hold_en="every town has one row",
            applies_to=with_any_rows,
            expects=no_rows("""
                select months.period, towns.town_code, count(judged.period) as times
                from (select distinct period from judged) as months
                cross join town_list as towns
                left join judged
                    on months.period = judged.period and towns.town_code = judged.town_code
                group by months.period, towns.town_code
                having count(judged.period) <> 1
            """),
        ),
        Check(
            check_id="R-GX-CARD-002",
            claim="score_is_at_most_100",
            severity="block",
            must_hold_zh="认定得分不超过100",
            must_hold_en="the score is not above 100",
            applies_to=with_any_rows,
            expects=within("recognition_score", None, 100),
        ),
        Check(
            check_id="R-GX-CARD-003",
            claim="output_is_that_of_the_indicators",
            severity="block",
            must_hold_zh="计分卡的工业总产值与指标表一致",
            must_hold_en="the output of the scorecard is that of the indicator table",
            applies_to=with_any_rows,
            expects=no_rows("""
                select
                    judged.period, judged.town_code, judged.output_ytd, indicators.value_ytd as output_in_indicators
                from judged
                left join indicator_monthly as indicators
                    on
                        judged.period = indicators.period
                        and judged.town_code = indicators.town_code
                        and indicators.indicator_code = 'gross_output_value'
                        and indicators.breakdown = 'all'
                where judged.output_ytd is distinct from indicators.value_ytd
            """),
        ),
    ),
)

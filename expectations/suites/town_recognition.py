"""What must hold of recognition: every town beside every criterion, and what passes is what reaches its threshold.

Belongs here: completeness and what follows from figures beside each other. Does not belong here: the criteria.
"""

from expectations.suites.suite import Check, Suite, no_rows, with_any_rows

SUITE = Suite(
    table="town_recognition",
    checks=(
        Check(
            check_id="R-GX-RCG-001",
            claim="every_criterion_has_a_row",
            severity="block",
            must_hold_zh="每个专业镇的每项认定标准有且只有一行",
            must_hold_en="every town has one row of every criterion",
            applies_to=with_any_rows,
            expects=no_rows("""
                select
                    months.period, towns.town_code, criteria.level, criteria.criterion,
                    count(judged.period) as times
                from (select distinct period from judged) as months
                cross join town_list as towns
                cross join recognition_criteria as criteria
                left join judged
                    on
                        months.period = judged.period
                        and towns.town_code = judged.town_code
                        and criteria.level = judged.level
                        and criteria.criterion = judged.criterion
                group by months.period, towns.town_code, criteria.level, criteria.criterion
                having count(judged.period) <> 1
            """),
        ),
        Check(
            check_id="R-GX-RCG-002",
            claim="what_passes_reaches_its_threshold",
            severity="block",
            must_hold_zh="达到标准当且仅当数值不小于标准值；数值未知的不作结论",
            must_hold_en="a criterion passes exactly if its value reaches the threshold; unknown where the value is",
            applies_to=with_any_rows,
            expects=no_rows("""
                select period, town_code, level, criterion, value, threshold, passed
                from judged
                where passed is distinct from (value >= threshold)
            """),
        ),
    ),
)

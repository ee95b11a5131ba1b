"""What must hold of the plan's clauses: each has its row and figures, and its state fits the lights beside it.

Belongs here: completeness and what follows from cells beside each other. Does not belong here: what watches a clause.
"""

from expectations.suites.suite import Check, Suite, in_target_year, no_rows

SUITE = Suite(
    table="plan_coverage",
    checks=(
        Check(
            check_id="R-GX-COV-001",
            claim="every_clause_has_a_row",
            severity="block",
            must_hold_zh="方案的每一条款有且只有一行，并有监测指标数值",
            must_hold_en="every clause of the plan has one row, with figures",
            applies_to=in_target_year,
            expects=no_rows("""
                select months.period, clauses.clause, count(judged.figures) as times
                from (select distinct period from judged) as months
                cross join plan_clauses as clauses
                left join judged
                    on months.period = judged.period and clauses.clause = judged.clause
                group by months.period, clauses.clause
                having count(judged.figures) <> 1 or count(*) <> 1
            """),
        ),
        Check(
            check_id="R-GX-COV-002",
            claim="state_fits_the_lights",
            severity="block",
            must_hold_zh="有红灯的条款判断为偏离，没有红灯的不为偏离；有黄灯的不为正常",
            must_hold_en="a clause is off course exactly with a red light, and not on course with a yellow one",
            applies_to=in_target_year,
            expects=no_rows("""
                select period, clause, target_lights, state
                from judged
                where
                    (state = 'off_course') is distinct from (coalesce(target_lights, '') like '% red%')
                    or (state in ('on_course', 'no_figure') and target_lights like '% yellow%')
            """),
        ),
        Check(
            check_id="R-GX-COV-003",
            claim="every_target_stands_in_its_clause",
            severity="warn",
            must_hold_zh="每个目标列在提出它的条款之下，灯色与目标进度表一致",
            must_hold_en="every target stands in the clause that sets it, with the light of its own table",
            applies_to=in_target_year,
            expects=no_rows("""
                select targets.period, targets.target_id, targets.plan_clause, targets.light, judged.target_lights
                from target_progress as targets
                left join judged
                    on targets.period = judged.period and targets.plan_clause = judged.clause
                where
                    targets.period in (select period from judged)
                    and position(
                        concat('|', targets.target_id, ' ', targets.light, '|')
                        in concat('|', coalesce(judged.target_lights, ''), '|')
                    ) = 0
            """),
        ),
    ),
)

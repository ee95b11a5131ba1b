"""What must hold of the projects: each used ledger row is there once, and what is said of it is possible.

Belongs here: completeness against the ledger, and lists and bounds. Does not belong here: when a project is alerted.
"""

from expectations.suites.suite import Check, Suite, never_null, no_rows, one_of, with_rows_of, within

APPLIES = with_rows_of("ledger_projects")

SUITE = Suite(
    table="project_progress",
    checks=(
        Check(
            check_id="R-GX-PRG-001",
            claim="every_used_project_has_a_row",
            severity="block",
            must_hold_zh="台账中采用的每个项目有且只有一行",
            must_hold_en="every used project of the ledger has one row, and there is no other",
            applies_to=APPLIES,
            expects=no_rows("""
                with used as (
                    select period, project_id, count(*) as times
                    from int_ledger_projects
                    where period in (select period from judged)
                    group by period, project_id
                ),
                shown as (
                    select period, project_id, count(*) as times from judged group by period, project_id
                )
                select
                    coalesce(used.period, shown.period) as period,
                    coalesce(used.project_id, shown.project_id) as project_id,
                    used.times as times_used,
                    shown.times as times_shown
                from used
                full outer join shown
                    on used.period = shown.period and used.project_id = shown.project_id
                where used.times is distinct from shown.times
            """),
        ),
        Check(
            check_id="R-GX-PRG-002",
            claim="completion_is_not_negative",
            severity="block",
            must_hold_zh="投资完成率不小于零",
            must_hold_en="completion is not below zero",
            applies_to=APPLIES,
            expects=within("completion_pct", 0, None),
        ),
        Check(
            check_id="R-GX-PRG-003",
            claim="every_project_has_an_alert",
            severity="block",
            must_hold_zh="每个项目都有预警结论",
            must_hold_en="of every project it is said whether it is alerted",
            applies_to=APPLIES,
            expects=never_null("alert"),
        ),
        Check(
            check_id="R-GX-PRG-004",
            claim="alert_is_known",
            severity="block",
            must_hold_zh="预警类型是规定的几种之一",
            must_hold_en="the alert is one of those that the interface names",
            applies_to=APPLIES,
            expects=one_of("alert", ["none", "stalled", "late_start", "late_finish", "behind_plan", "stage_regressed"]),
        ),
        Check(
            check_id="R-GX-PRG-005",
            claim="delay_is_not_negative",
            severity="block",
            must_hold_zh="延期天数不小于零",
            must_hold_en="delay is not below zero",
            applies_to=APPLIES,
            expects=within("delay_days", 0, None),
        ),
        Check(
            check_id="R-GX-PRG-006",
            claim="stage_began_before",
            severity="block",
            must_hold_zh="当前阶段的起始月份已知，且不晚于本月",
            must_hold_en="the month in which the stage began is known and not after this one",
            applies_to=APPLIES,
            expects=no_rows("""
                select period, project_id, stage_since
                from judged
                where stage_since is null or stage_since > period
            """),
        ),
    ),
)

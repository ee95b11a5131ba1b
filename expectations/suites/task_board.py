"""What must hold of the tasks: each used ledger row is there once, and late ones are as many as the indicators say.

Belongs here: completeness and agreement. Does not belong here: which indicator stands beside a task.

The table is summed up beside the indicator, so that a ledger without one usable row is judged too.
"""

from expectations.suites.suite import Check, Suite, no_rows, with_rows_of

APPLIES = with_rows_of("ledger_tasks")

SUMMED_UP = """
    select
        indicators.period,
        indicators.value as overdue_in_indicators,
        count(board.task_id) as tasks_shown,
        count(distinct board.task_id) as tasks_told_apart,
        count(*) filter (where board.is_overdue) as overdue,
        max(used.tasks) as tasks_used
    from indicator_monthly as indicators
    left join task_board as board on indicators.period = board.period
    left join (select period, count(*) as tasks from int_ledger_tasks group by period) as used
        on indicators.period = used.period
    where
        indicators.indicator_code = 'tasks_overdue'
        and indicators.town_code = 'all'
        and indicators.breakdown = 'all'
    group by indicators.period, indicators.value
"""

SUITE = Suite(
    table="task_board",
    profile=SUMMED_UP,
    checks=(
        Check(
            check_id="R-GX-TBD-001",
            claim="every_used_task_has_a_row",
            severity="block",
            must_hold_zh="台账中采用的每项任务有且只有一行",
            must_hold_en="every used task of the ledger has one row, and there is no other",
            applies_to=APPLIES,
            expects=no_rows("""
                select period, tasks_used, tasks_shown, tasks_told_apart
                from judged
                where coalesce(tasks_used, 0) <> tasks_shown or tasks_shown <> tasks_told_apart
            """),
        ),
        Check(
            check_id="R-GX-TBD-002",
            claim="overdue_tasks_agree_with_the_indicators",
            severity="block",
            must_hold_zh="超期任务数与指标表一致",
            must_hold_en="the overdue tasks are those of the indicator table",
            applies_to=APPLIES,
            expects=no_rows("""
                select period, overdue, overdue_in_indicators
                from judged
                where overdue is distinct from overdue_in_indicators
            """),
        ),
    ),
)

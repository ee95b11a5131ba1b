"""What must hold of the issues: each used ledger row is there once, and late ones are as many as the indicators say.

Belongs here: completeness, bounds and agreement. Does not belong here: when an issue is late (beside the model).

The table is summed up beside the indicators, so that a ledger without one usable row is judged too.
"""

from expectations.suites.suite import Check, Suite, no_rows, with_rows_of

APPLIES = with_rows_of("ledger_issues")

# An issue that names no town stands under `all`, and counts there alone.
SUMMED_UP = """
    select
        indicators.period,
        indicators.town_code,
        indicators.value as overdue_in_indicators,
        count(board.issue_id) as issues_shown,
        count(distinct board.issue_id) as issues_told_apart,
        count(*) filter (where board.is_overdue) as overdue,
        least(min(board.days_open), min(board.days_overdue), min(board.times_rolled_over)) as lowest_count,
        max(used.issues) as issues_used
    from indicator_monthly as indicators
    left join issue_board as board
        on indicators.period = board.period and indicators.town_code in (board.town_code, 'all')
    left join (select period, count(*) as issues from int_ledger_issues group by period) as used
        on indicators.period = used.period and indicators.town_code = 'all'
    where indicators.indicator_code = 'issues_overdue' and indicators.breakdown = 'all'
    group by indicators.period, indicators.town_code, indicators.value
"""

SUITE = Suite(
    table="issue_board",
    profile=SUMMED_UP,
    checks=(
        Check(
            check_id="R-GX-IBD-001",
            claim="every_used_issue_has_a_row",
            severity="block",
            must_hold_zh="台账中采用的每个问题有且只有一行",
            must_hold_en="every used issue of the ledger has one row, and there is no other",
            applies_to=APPLIES,
            expects=no_rows("""
                select period, issues_used, issues_shown, issues_told_apart
                from judged
                where
                    town_code = 'all'
                    and (coalesce(issues_used, 0) <> issues_shown or issues_shown <> issues_told_apart)
            """),
        ),
        Check(
            check_id="R-GX-IBD-002",
            claim="overdue_issues_agree_with_the_indicators",
            severity="block",
            must_hold_zh="各镇和全市的超期未办结问题数与指标表一致",
            must_hold_en="the overdue issues of each town and of the whole city are those of the indicator table",
            applies_to=APPLIES,
            expects=no_rows("""
                select period, town_code, overdue, overdue_in_indicators
                from judged
                where overdue is distinct from overdue_in_indicators
            """),
        ),
        Check(
            check_id="R-GX-IBD-003",
            claim="days_are_not_negative",
            severity="block",
            must_hold_zh="已开天数、超期天数和结转次数不小于零",
            must_hold_en="days open, days overdue and times rolled over are not below zero",
            applies_to=APPLIES,
            expects=no_rows("select period, town_code, lowest_count from judged where lowest_count < 0"),
        ),
    ),
)

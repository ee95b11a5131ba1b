"""What must hold of the reliability of the feeds: one row each, shares that are shares, a score that is its formula's.

Belongs here: identities within the table, with the conservation of files and with the indicators. Does not belong here:
how good a feed should be: a bad one is shown, and stops nothing.
"""

from expectations.suites.suite import Check, Suite, no_rows, threshold, with_any_rows, with_rows_of

SUITE = Suite(
    table="data_reliability",
    checks=(
        Check(
            check_id="R-GX-REL-001",
            claim="every_feed_has_one_row",
            severity="block",
            must_hold_zh="每类来文每月有且只有一行",
            must_hold_en="every feed has one row a month",
            applies_to=with_any_rows,
            expects=no_rows("""
                select months.period, feeds.feed, count(judged.period) as times
                from (select distinct period from judged) as months
                cross join stg_feeds as feeds
                left join judged on months.period = judged.period and feeds.feed = judged.feed
                group by months.period, feeds.feed
                having count(judged.period) <> 1
            """),
        ),
        Check(
            check_id="R-GX-REL-002",
            claim="received_are_among_the_expected",
            severity="block",
            must_hold_zh="实报单位数不大于应报单位数，及时率不大于报送率",
            must_hold_en="no more units are received than expected, nor in time than at all",
            applies_to=with_any_rows,
            expects=no_rows("""
                select period, feed, expected_units, received_units, coverage_pct, on_time_pct
                from judged
                where received_units > expected_units or on_time_pct > coverage_pct
            """),
        ),
        Check(
            check_id="R-GX-REL-003",
            claim="shares_lie_within_bounds",
            severity="block",
            must_hold_zh="报送率、及时率、一次通过率在0至100之间，修订幅度不小于零",
            must_hold_en="shares lie between 0 and 100, and revisions are not negative",
            applies_to=with_any_rows,
            expects=no_rows("""
                select period, feed, coverage_pct, on_time_pct, first_pass_pct, revised_cells, mean_abs_revision_pct
                from judged
                where
                    coverage_pct not between 0 and 100
                    or on_time_pct not between 0 and 100
                    or first_pass_pct not between 0 and 100
                    or revised_cells < 0
                    or mean_abs_revision_pct < 0
                    or (mean_abs_revision_pct is not null and revised_cells = 0)
            """),
        ),
        Check(
            check_id="R-GX-REL-004",
            claim="rows_are_those_of_its_files",
            severity="block",
            must_hold_zh="各类行数与当月各文件之和一致",
            must_hold_en="row counts are the sums of the month's files",
            applies_to=with_any_rows,
            expects=no_rows("""
                select
                    judged.period, judged.feed, judged.rows_read, judged.rows_used, judged.rows_quarantined,
                    judged.rows_superseded, judged.rows_not_data, files.rows_read as rows_read_of_files
                from judged
                left join (
                    select
                        period, feed, sum(rows_read) as rows_read, sum(rows_used) as rows_used,
                        sum(rows_quarantined) as rows_quarantined, sum(rows_superseded) as rows_superseded,
                        sum(rows_not_data) as rows_not_data
                    from file_conservation
                    group by period, feed
                ) as files on judged.period = files.period and judged.feed = files.feed
                where
                    coalesce(judged.rows_read, 0) is distinct from coalesce(files.rows_read, 0)
                    or coalesce(judged.rows_used, 0) is distinct from coalesce(files.rows_used, 0)
                    or coalesce(judged.rows_quarantined, 0) is distinct from coalesce(files.rows_quarantined, 0)
                    or coalesce(judged.rows_superseded, 0) is distinct from coalesce(files.rows_superseded, 0)
                    or coalesce(judged.rows_not_data, 0) is distinct from coalesce(files.rows_not_data, 0)
            """),
        ),
        Check(
            check_id="R-GX-REL-005",
            claim="score_follows_its_formula",
            severity="block",
            must_hold_zh="到期的来文有得分，且与公式相差不超过舍入误差；不到期的没有",
            must_hold_en="a feed that is due has a score, as near to its formula as rounding allows; another has none",
            applies_to=with_any_rows,
            # From rounded shares, whence the tolerance; nothing delivered passes nothing, an empty report fails none.
            expects=no_rows(f"""
                select period, feed, coverage_pct, on_time_pct, first_pass_pct, mean_abs_revision_pct, score
                from judged
                where
                    (score is null) is distinct from (due_on is null)
                    or abs(
                        score - (
                            {threshold("reliability_coverage_weight")} * coalesce(coverage_pct, 0)
                            + {threshold("reliability_on_time_weight")} * coalesce(on_time_pct, 0)
                            + {threshold("reliability_first_pass_weight")}
                            * coalesce(first_pass_pct, case when received_on is null then 0 else 100 end)
                            - least(
                                {threshold("reliability_max_revision_points")}, coalesce(mean_abs_revision_pct, 0)
                            )
                        )
                    ) > 0.02
            """),
        ),
        Check(
            check_id="R-GX-REL-006",
            claim="grade_follows_the_score",
            severity="block",
            must_hold_zh="等级与得分相符，有得分才有等级",
            must_hold_en="the grade is that of the score, and there with it alone",
            applies_to=with_any_rows,
            # A score that only rounds to a bound keeps the grade below it.
            expects=no_rows(f"""
                select period, feed, score, grade
                from judged
                where
                    (grade is null) is distinct from (score is null)
                    or grade not in ('A', 'B', 'C', 'D')
                    or (grade = 'A' and score < {threshold("reliability_grade_a_score")})
                    or (grade = 'B' and score < {threshold("reliability_grade_b_score")})
                    or (grade = 'C' and score < {threshold("reliability_grade_c_score")})
                    or (grade <> 'A' and score > {threshold("reliability_grade_a_score")})
                    or (grade not in ('A', 'B') and score > {threshold("reliability_grade_b_score")})
                    or (grade = 'D' and score > {threshold("reliability_grade_c_score")})
            """),
        ),
        Check(
            check_id="R-GX-REL-007",
            claim="rates_agree_with_the_indicators",
            severity="block",
            must_hold_zh="企业月报的报送率、及时率、一次通过率与指标表的全市数一致",
            must_hold_en="the shares of the enterprise return are the whole city's rates in the indicator table",
            applies_to=with_rows_of("statistics_enterprise"),
            looks_at="count(*) filter (where feed = 'statistics_enterprise')",
            expects=no_rows("""
                select
                    rates.period, rates.indicator_code, rates.share, indicators.value as value_in_indicators
                from (
                    select period, 'coverage_rate' as indicator_code, coverage_pct as share, feed, received_on
                    from judged
                    union all
                    select period, 'on_time_rate', on_time_pct, feed, received_on from judged
                    union all
                    select period, 'first_pass_rate', first_pass_pct, feed, received_on from judged
                ) as rates
                left join indicator_monthly as indicators
                    on
                        rates.period = indicators.period
                        and rates.indicator_code = indicators.indicator_code
                        and indicators.town_code = 'all'
                        and indicators.breakdown = 'all'
                where
                    rates.feed = 'statistics_enterprise'
                    and rates.received_on is not null
                    and rates.share is distinct from indicators.value
            """),
        ),
        Check(
            check_id="R-GX-REL-008",
            claim="holidays_are_known",
            severity="warn",
            must_hold_zh="报送期限所在年份的节假日安排已知，而不是只按周末顺延",
            must_hold_en="the public holidays of the year of a due date are known, it is not moved past weekends alone",
            applies_to=with_any_rows,
            expects=no_rows("""
                select due.period, due.feed, due.due_on
                from stg_due_dates as due
                where due.period in (select period from judged) and not due.is_calendar_known
            """),
        ),
    ),
)

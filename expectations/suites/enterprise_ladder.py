"""What must hold of the ladder: each used return is there once, each enterprise has a stage, and gaps fit.

Belongs here: completeness and what follows from figures beside each other. Does not belong here: what makes a stage.
"""

from expectations.suites.suite import Check, Suite, no_rows, threshold, with_rows_of

APPLIES = with_rows_of("statistics_enterprise")

SUITE = Suite(
    table="enterprise_ladder",
    checks=(
        Check(
            check_id="R-GX-LAD-001",
            claim="every_used_return_has_a_row",
            severity="block",
            must_hold_zh="每份采用的企业月报有且只有一行",
            must_hold_en="every used return has one row, and there is no other",
            applies_to=APPLIES,
            expects=no_rows("""
                with used as (
                    select period, credit_code, count(*) as times
                    from int_statistics_enterprise
                    where period in (select period from judged)
                    group by period, credit_code
                ),
                shown as (
                    select period, credit_code, count(*) as times from judged group by period, credit_code
                )
                select
                    coalesce(used.period, shown.period) as period,
                    coalesce(used.credit_code, shown.credit_code) as credit_code,
                    used.times as times_used,
                    shown.times as times_shown
                from used
                full outer join shown
                    on used.period = shown.period and used.credit_code = shown.credit_code
                where used.times is distinct from shown.times
            """),
        ),
        Check(
            check_id="R-GX-LAD-002",
            claim="gap_is_what_is_missing",
            severity="block",
            must_hold_zh="距规上标准差额＝标准－近十二个月营业收入，不小于零；营业收入未知的为空",
            must_hold_en="the gap is the threshold less the revenue of twelve months, or 0; unknown where that is",
            applies_to=APPLIES,
            expects=no_rows(f"""
                select period, credit_code, trailing_12m_revenue, above_scale_gap
                from judged
                where above_scale_gap is distinct from case
                    when trailing_12m_revenue is not null
                        then greatest({threshold("above_scale_revenue")} - trailing_12m_revenue, 0)
                end
            """),
        ),
        Check(
            check_id="R-GX-LAD-003",
            claim="above_scale_is_at_least_above_scale",
            severity="block",
            must_hold_zh="规上企业的梯度不低于规上",
            must_hold_en="an enterprise above designated size stands on no lower stage",
            applies_to=APPLIES,
            expects=no_rows("""
                select period, credit_code, is_above_scale, ladder_stage
                from judged
                where is_above_scale and ladder_stage in ('candidate', 'micro')
            """),
        ),
    ),
)

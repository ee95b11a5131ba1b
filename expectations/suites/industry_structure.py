"""What must hold of the structure: a row for every town and the whole city, and shares that are possible.

Belongs here: completeness and bounds. Does not belong here: how concentration is measured.
"""

from expectations.suites.suite import Check, Suite, no_rows, with_any_rows

SUITE = Suite(
    table="industry_structure",
    checks=(
        Check(
            check_id="R-GX-STR-001",
            claim="every_town_has_a_row",
            severity="block",
            must_hold_zh="每个专业镇和全市有且只有一行",
            must_hold_en="every town and the whole city have one row",
            applies_to=with_any_rows,
            expects=no_rows("""
                select months.period, places.town_code, count(judged.period) as times
                from (select distinct period from judged) as months
                cross join (
                    select town_code from town_list
                    union all
                    select 'all' as town_code
                ) as places
                left join judged
                    on months.period = judged.period and places.town_code = judged.town_code
                group by months.period, places.town_code
                having count(judged.period) <> 1
            """),
        ),
        Check(
            check_id="R-GX-STR-002",
            claim="shares_are_possible",
            severity="block",
            must_hold_zh="集中度和主导产业占比在0到100之间，赫芬达尔指数在0到10000之间，主体数不小于零",
            must_hold_en="shares lie between 0 and 100, the index between 0 and 10,000, counts are not below 0",
            applies_to=with_any_rows,
            expects=no_rows("""
                select
                    period, town_code, cr4_pct, hhi, leading_industry_share_pct, upstream_count, core_count,
                    downstream_count, service_count
                from judged
                where
                    cr4_pct not between 0 and 100
                    or hhi not between 0 and 10000
                    or leading_industry_share_pct not between 0 and 100
                    or least(upstream_count, core_count, downstream_count, service_count) < 0
            """),
        ),
    ),
)

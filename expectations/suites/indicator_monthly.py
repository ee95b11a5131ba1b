"""What must hold of the monthly indicators: complete, consistent in themselves, plausible.

Belongs here: what can be said of the published table without the formula of an indicator. Does not belong here: the
formulas (they are proven beside their models) and the grain (dbt's test: only code can break it).
"""

from expectations.suites.suite import Check, Suite, every_month, never_null, no_rows, one_of, threshold

# Units in which whole things are counted.
COUNTED_UNITS = "('家', '户', '个', '项', '人', '场')"
# A difference may be below zero, and so may what a loss makes of a profit and a refund of a tax.
MAY_BE_NEGATIVE = "('net_new_entities', 'total_profit', 'tax_paid')"
# An entity may belong to two towns, a return or a ledger row to one: only of the latter do the towns add up.
ADDITIVE = """
    breakdown = 'all' and indicator_code in (
        select indicator_code from indicator_list
        where nature <> 'rate' and unit in ('万元', '万千瓦时') and source_feed <> 'registration_entities'
    )
"""
COUNTED = f"unit in {COUNTED_UNITS}"
# Money that comes in few large sums, or adds up over the years.
LUMPY = "('event_deal_value', 'funds_allocated', 'funds_paid', 'loans_granted')"
# Small numbers grow tenfold without being wrong: those of a town, a part, or things that are counted; so do lumpy ones.
COMPARABLE = (
    f"town_code = 'all' and breakdown = 'all' and unit not in {COUNTED_UNITS} and indicator_code not in {LUMPY}"
)
AMOUNTS = f"unit not in {COUNTED_UNITS} and indicator_code not in {MAY_BE_NEGATIVE} and value_ytd is not null"

SUITE = Suite(
    table="indicator_monthly",
    checks=(
        Check(
            check_id="R-GX-IND-001",
            claim="every_indicator_has_its_rows",
            severity="block",
            must_hold_zh="每个专业镇和全市，目录中的每项指标都有一行",
            must_hold_en="every town and the whole city have a row of every indicator of the catalogue",
            applies_to=every_month,
            # Of a capacity there is one row per unit of the projects that have one: none can be asked for.
            expects=no_rows("""
                select months.period, places.town_code, indicators.indicator_code
                from (select distinct period from judged) as months
                cross join (
                    select town_code from town_list
                    union all
                    select 'all' as town_code
                ) as places
                cross join indicator_list as indicators
                left join (
                    select distinct period, town_code, indicator_code from judged
                ) as present
                    on
                        months.period = present.period
                        and places.town_code = present.town_code
                        and indicators.indicator_code = present.indicator_code
                where indicators.unit <> 'the project''s unit' and present.indicator_code is null
            """),
        ),
        Check(
            check_id="R-GX-IND-002",
            claim="every_figure_has_a_status",
            severity="block",
            must_hold_zh="每个数都标明数据状态",
            must_hold_en="no figure is without a status",
            applies_to=every_month,
            expects=never_null("value_status"),
        ),
        Check(
            check_id="R-GX-IND-003",
            claim="status_is_known",
            severity="block",
            must_hold_zh="数据状态是规定的几种之一",
            must_hold_en="the status is one of those that the interface names",
            applies_to=every_month,
            expects=one_of("value_status", ["final", "revised", "preliminary", "not_due", "missing", "suppressed"]),
        ),
        Check(
            check_id="R-GX-IND-004",
            claim="status_fits_the_figure",
            severity="block",
            must_hold_zh="未到报送期或缺失的没有数值，其余的有数值",
            must_hold_en="what is not due, missing or suppressed has no figure, everything else has one",
            applies_to=every_month,
            expects=no_rows("""
                select period, town_code, indicator_code, breakdown, value_status
                from judged
                where
                    value_status is not null
                    and (value_status in ('not_due', 'missing', 'suppressed'))
                    <> (value is null and value_ytd is null)
            """),
        ),
        Check(
            check_id="R-GX-IND-005",
            claim="counts_are_whole_and_not_negative",
            severity="block",
            must_hold_zh="计数类指标是不小于零的整数（净增数可为负）",
            must_hold_en="counts are whole and not below zero, but for net numbers",
            applies_to=every_month,
            looks_at=f"count(*) filter (where {COUNTED})",
            expects=no_rows(f"""
                select period, town_code, indicator_code, breakdown, value, value_ytd
                from judged
                where
                    {COUNTED}
                    and (
                        value <> trunc(value)
                        or value_ytd <> trunc(value_ytd)
                        or (indicator_code not in {MAY_BE_NEGATIVE} and (value < 0 or value_ytd < 0))
                    )
            """),
        ),
        Check(
            check_id="R-GX-IND-006",
            claim="amounts_are_not_negative",
            severity="warn",
            must_hold_zh="金额、产量等不小于零（利润和税金可为负）",
            must_hold_en="amounts and quantities are not below zero, but for profit and tax",
            applies_to=every_month,
            looks_at=f"count(*) filter (where {AMOUNTS})",
            expects=no_rows(f"""
                select period, town_code, indicator_code, breakdown, value, value_ytd
                from judged
                where {AMOUNTS} and (value < 0 or value_ytd < 0)
            """),
        ),
        Check(
            check_id="R-GX-IND-007",
            claim="towns_add_up_to_the_city",
            severity="block",
            must_hold_zh="金额和用电量：各专业镇之和等于全市",
            must_hold_en="money and electricity: the towns add up to the whole city",
            applies_to=every_month,
            looks_at=f"count(*) filter (where {ADDITIVE})",
            # Where the one town that has rows leaves their cells empty, it is missing and so is the city: the others,
            # which have none, stand at 0.
            expects=no_rows(f"""
                select
                    period,
                    indicator_code,
                    sum(value) filter (where town_code = 'all') as city,
                    sum(value) filter (where town_code <> 'all') as towns,
                    sum(value_ytd) filter (where town_code = 'all') as city_ytd,
                    sum(value_ytd) filter (where town_code <> 'all') as towns_ytd
                from judged
                where {ADDITIVE}
                group by period, indicator_code
                having
                    (
                        city is distinct from towns
                        and not (city is null and towns = 0 and count(*) > count(value) + 1)
                    )
                    or (
                        city_ytd is distinct from towns_ytd
                        and not (city_ytd is null and towns_ytd = 0 and count(*) > count(value_ytd) + 1)
                    )
            """),
        ),
        Check(
            check_id="R-GX-IND-008",
            claim="year_to_date_covers_the_month",
            severity="warn",
            must_hold_zh="本年累计不小于本月数",
            must_hold_en="the year to date is not below the month",
            applies_to=every_month,
            looks_at=f"count(value_ytd) filter (where indicator_code not in {MAY_BE_NEGATIVE})",
            expects=no_rows(f"""
                select period, town_code, indicator_code, breakdown, value, value_ytd
                from judged
                where value_ytd < value and indicator_code not in {MAY_BE_NEGATIVE}
            """),
        ),
        Check(
            check_id="R-GX-IND-009",
            claim="growth_is_plausible",
            severity="warn",
            must_hold_zh="全市金额等指标的同比增速在合理范围内",
            must_hold_en="growth of the whole city's amounts is within plausible bounds",
            applies_to=every_month,
            looks_at=f"count(*) filter (where {COMPARABLE})",
            expects=no_rows(f"""
                select period, indicator_code, yoy_pct
                from judged
                where
                    {COMPARABLE}
                    and (
                        yoy_pct < {threshold("growth_low_pct")}
                        or yoy_pct > {threshold("growth_high_pct")}
                    )
            """),
        ),
    ),
)

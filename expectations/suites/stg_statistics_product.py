"""What must hold of the delivered product returns: structure and volume.

Belongs here: the returns of a month as a batch. Does not belong here: what is asked of a single return (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    every_town_reports,
    places_are_complete,
    rows_are_read_once,
    rows_are_those_counted,
    volume_is_usual,
)
from expectations.suites.suite import Check, Suite, no_rows, with_rows_of

FEED = "statistics_product"

SUITE = Suite(
    table="stg_statistics_product",
    period_column="_period",
    checks=(
        places_are_complete("R-GX-PROD-001", FEED),
        rows_are_read_once("R-GX-PROD-002", FEED),
        rows_are_those_counted("R-GX-PROD-003", FEED),
        volume_is_usual("R-GX-PROD-004", FEED),
        columns_do_not_fall_empty(
            "R-GX-PROD-005", FEED, ("output_ytd_prior", "sales_month", "sales_ytd", "average_price")
        ),
        every_town_reports("R-GX-PROD-006", FEED),
        Check(
            check_id="R-GX-PROD-007",
            claim="products_have_one_unit",
            severity="warn",
            must_hold_zh="同一产品的产量折算为同一计量单位",
            must_hold_en="the quantities of a product come down to one unit",
            applies_to=with_rows_of(FEED),
            looks_at="_row_kind = 'data' and product_name is not null",
            expects=no_rows("""
                select
                    _period,
                    product_name,
                    min(base_unit) as one_unit,
                    max(base_unit) as another_unit
                from judged
                where _row_kind = 'data' and product_name is not null
                group by _period, product_name
                having count(distinct base_unit) > 1
            """),
        ),
    ),
)

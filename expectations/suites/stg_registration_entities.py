"""What must hold of the delivered register: structure, and that it can be read as a register.

Belongs here: the register of a month as a batch. Does not belong here: what is asked of a single entity, and the size
of the register (rule list). Names, addresses and telephones are looked at by no check.
"""

from expectations.suites.delivered_rows import places_are_complete, rows_are_read_once, rows_are_those_counted
from expectations.suites.suite import Check, Suite, no_rows, with_rows_of

FEED = "registration_entities"

SUITE = Suite(
    table="stg_registration_entities",
    period_column="_period",
    checks=(
        places_are_complete("R-GX-REG-001", FEED),
        rows_are_read_once("R-GX-REG-002", FEED),
        rows_are_those_counted("R-GX-REG-003", FEED),
        Check(
            check_id="R-GX-REG-004",
            claim="membership_can_be_decided",
            severity="block",
            must_hold_zh="登记全量至少有行业代码或经营范围，能够判断主体属于哪个专业镇",
            must_hold_en="the register holds industry codes or scopes: it can be decided who belongs to which town",
            applies_to=with_rows_of(FEED),
            looks_at="_row_kind = 'data'",
            expects=no_rows("""
                select _period, count(*) as entities
                from judged
                where _row_kind = 'data'
                group by _period
                having count(industry_code) = 0 and count(business_scope) = 0
            """),
        ),
        Check(
            check_id="R-GX-REG-005",
            claim="some_entities_are_active",
            severity="block",
            must_hold_zh="登记全量中有存续状态的主体",
            must_hold_en="some entities of the register are active",
            applies_to=with_rows_of(FEED),
            looks_at="_row_kind = 'data'",
            expects=no_rows("""
                select _period, count(*) as entities
                from judged
                where _row_kind = 'data'
                group by _period
                having count(*) filter (where status_group = 'active') = 0
            """),
        ),
    ),
)

"""What must hold of the delivered register: structure, and that it can be read as a register.

Belongs here: the register of a month as a batch. Does not belong here: what is asked of a single entity, and the
size of the register (rule list). Names, addresses and telephones are looked at by no check.
"""

from expectations.suites.delivered_rows import ROWS_DELIVERED, profile, structure_checks
from expectations.suites.suite import Check, Suite, no_rows, with_rows_of

FEED = "registration_entities"

SUITE = Suite(
    table="stg_registration_entities",
    profile=profile(
        FEED,
        {
            "rows_with_industry": "count(industry_code)",
            "rows_with_scope": "count(business_scope)",
            "rows_active": "count(*) filter (where status_group = 'active')",
        },
    ),
    checks=(
        *structure_checks("R-GX-REG", FEED),
        Check(
            check_id="R-GX-REG-004",
            claim="membership_can_be_decided",
            severity="block",
            must_hold_zh="登记全量有行业代码或经营范围，能够判断主体属于哪个专业镇",
            must_hold_en="the register holds industry codes or scopes, by which entities belong to towns",
            applies_to=with_rows_of(FEED),
            looks_at=ROWS_DELIVERED,
            expects=no_rows("""
                select period, sum(rows_delivered) as entities
                from judged
                group by period
                having sum(rows_with_industry) = 0 and sum(rows_with_scope) = 0
            """),
        ),
        Check(
            check_id="R-GX-REG-005",
            claim="some_entities_are_active",
            severity="block",
            must_hold_zh="登记全量中有存续状态的主体",
            must_hold_en="some entities of the register are active",
            applies_to=with_rows_of(FEED),
            looks_at=ROWS_DELIVERED,
            expects=no_rows("""
                select period, sum(rows_delivered) as entities
                from judged
                group by period
                having sum(rows_active) = 0
            """),
        ),
    ),
)

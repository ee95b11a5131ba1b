"""What must hold of the delivered changes of the register: structure.

Belongs here: the changes of a month as a batch. Does not belong here: what is asked of a single change, also beside
the register (the rule list), and their number, which is that of what happened. What changed is looked at by no check:
it can name a natural person.
"""

from expectations.suites.delivered_rows import profile, structure_checks
from expectations.suites.suite import Suite

FEED = "registration_changes"

SUITE = Suite(
    table="stg_registration_changes",
    profile=profile(FEED),
    checks=structure_checks("R-GX-CHG", FEED),
)

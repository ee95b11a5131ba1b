"""The suites: what must hold in each judged table, every month for itself.

Belongs here: the list of suites. Does not belong here: a check, which stands in the module of its table, and how
one is run. A new judged table is a module with a `SUITE` and one line here.
"""

from expectations.suites import (
    entity_dynamics,
    file_conservation,
    indicator_monthly,
    project_progress,
    stg_ledger_events,
    stg_ledger_funds,
    stg_ledger_projects,
    stg_registration_entities,
    stg_statistics_enterprise,
    stg_statistics_product,
    target_progress,
)
from expectations.suites.suite import Suite

SUITES: tuple[Suite, ...] = (
    stg_statistics_enterprise.SUITE,
    stg_statistics_product.SUITE,
    stg_registration_entities.SUITE,
    stg_ledger_projects.SUITE,
    stg_ledger_events.SUITE,
    stg_ledger_funds.SUITE,
    file_conservation.SUITE,
    indicator_monthly.SUITE,
    target_progress.SUITE,
    project_progress.SUITE,
    entity_dynamics.SUITE,
)

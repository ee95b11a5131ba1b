"""The suites: what must hold in each judged table, every month for itself.

Belongs here: the list of suites. Does not belong here: a check, which stands in the module of its table, and how
one is run. A new judged table is a module with a `SUITE` and one line here.
"""

from expectations.suites import (
    data_reliability,
    enterprise_ladder,
    entity_dynamics,
    file_conservation,
    indicator_monthly,
    industry_structure,
    issue_board,
    plan_coverage,
    project_progress,
    stg_ledger_events,
    stg_ledger_funds,
    stg_ledger_honours,
    stg_ledger_issues,
    stg_ledger_platforms,
    stg_ledger_projects,
    stg_ledger_tasks,
    stg_registration_changes,
    stg_registration_entities,
    stg_statistics_enterprise,
    stg_statistics_product,
    target_progress,
    task_board,
    town_recognition,
    town_scorecard,
)
from expectations.suites.suite import Suite

SUITES: tuple[Suite, ...] = (
    stg_statistics_enterprise.SUITE,
    stg_statistics_product.SUITE,
    stg_registration_entities.SUITE,
    stg_registration_changes.SUITE,
    stg_ledger_projects.SUITE,
    stg_ledger_issues.SUITE,
    stg_ledger_tasks.SUITE,
    stg_ledger_events.SUITE,
    stg_ledger_funds.SUITE,
    stg_ledger_honours.SUITE,
    stg_ledger_platforms.SUITE,
    file_conservation.SUITE,
    indicator_monthly.SUITE,
    target_progress.SUITE,
    project_progress.SUITE,
    entity_dynamics.SUITE,
    issue_board.SUITE,
    task_board.SUITE,
    enterprise_ladder.SUITE,
    industry_structure.SUITE,
    town_recognition.SUITE,
    town_scorecard.SUITE,
    plan_coverage.SUITE,
    data_reliability.SUITE,
)

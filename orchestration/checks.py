"""Verdicts as asset checks: shown where the table stands, generated from the rule list and the suites.

No logic of its own: what a check says was found before (`assets/verdicts.py`) and is only shown here. No check is
blocking. In a run over a range of months one blocking check would stop them all; what stops a month is the gate.
dbt tests are not here either: `assets/warehouse.py` reports them as dbt finishes them.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    MetadataValue,
    multi_asset_check,
)

from expectations.suites import SUITES
from expectations.suites.suite import Suite
from expectations.verdict import Verdict
from orchestration.assets import verdicts
from orchestration.build import Build
from orchestration.warehouse_glance import markdown_table

RULE_LIST = Path("seeds") / "validation_rules.csv"
# Where the verdicts of SQL rules stand, whatever the feed.
RULE_TABLE = "rule_evaluations"
# What a refusal says of a file stands with the delivery; it is no rule that SQL looks at.
FILE_LEVEL = "file"


@dataclass(frozen=True)
class ShownCheck:
    """A check to show: which verdicts it shows, on which asset, under which name."""

    check_id: str
    subject: str
    asset_key: AssetKey
    name: str
    description: str
    is_blocking_a_month: bool

    def spec(self) -> AssetCheckSpec:
        """As Dagster wants it; `blocking` is Dagster's word for stopping the run, and never set."""
        # The check waits for the verdicts, not only for its own table.
        return AssetCheckSpec(
            self.name, asset=self.asset_key, description=self.description, additional_deps=[verdicts.KEY]
        )

    def result(self, found: Sequence[Verdict]) -> AssetCheckResult:
        """What the verdicts of all judged months say together; none at all is not a pass."""
        open_ones = [verdict for verdict in found if verdict.outcome != "passed"]
        metadata: dict[str, Any] = {
            "months": len(found),
            "rows_looked_at": sum(verdict.rows_looked_at for verdict in found),
            "rows_failing": sum(verdict.rows_failing for verdict in found),
        }
        if open_ones:
            rows = [(one.period, one.outcome, one.rows_looked_at, one.rows_failing) for one in open_ones]
            metadata["months_not_passed"] = MetadataValue.md(
                markdown_table(["period", "outcome", "rows_looked_at", "rows_failing"], rows)
            )
        return AssetCheckResult(
            asset_key=self.asset_key,
            check_name=self.name,
            passed=bool(found) and not open_ones,
            severity=AssetCheckSeverity.ERROR if self.is_blocking_a_month else AssetCheckSeverity.WARN,
            description=open_ones[0].message_zh if open_ones else None,
            metadata=metadata,
        )


def check_name(check_id: str, claim: str, subject: str = "") -> str:
    """`R-STAT-008` and `ytd_adds_up` as a name that Dagster takes: `R_STAT_008_ytd_adds_up`."""
    return re.sub(r"\W+", "_", "_".join(part for part in (check_id, claim, subject) if part))


def shown_checks(
    feeds: Sequence[str], rules: Sequence[Mapping[str, str]], suites: Sequence[Suite] = SUITES
) -> list[ShownCheck]:
    """All checks: of the rules, one a feed that the rule is for; of the suites, one an expectation."""
    of_rules = [
        ShownCheck(
            check_id=rule["rule_id"],
            subject=feed,
            asset_key=AssetKey([RULE_TABLE]),
            name=check_name(rule["rule_id"], rule["claim"], feed if rule["feed"] == "*" else ""),
            description=f"{rule['message_zh']}\n\n{rule['message_en']}",
            is_blocking_a_month=rule["severity"] == "block",
        )
        for rule in rules
        if rule["level"] != FILE_LEVEL
        for feed in feeds
        if rule["feed"] in ("*", feed)
    ]
    of_suites = [
        ShownCheck(
            check_id=check.check_id,
            subject=suite.table,
            asset_key=AssetKey([suite.table]),
            name=check_name(check.check_id, check.claim),
            description=f"{check.must_hold_zh}\n\n{check.must_hold_en}",
            is_blocking_a_month=check.severity == "block",
        )
        for suite in suites
        for check in suite.checks
    ]
    return of_rules + of_suites


def read_rules(project_dir: Path) -> list[dict[str, str]]:
    """The rule list, as it stands in the dbt project."""
    with (project_dir / RULE_LIST).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def checks_definition(feeds: Sequence[str], project_dir: Path) -> AssetChecksDefinition:
    """One step behind `verdicts` that shows them all."""
    shown = shown_checks(feeds, read_rules(project_dir))

    @multi_asset_check(name="show_verdicts", specs=[check.spec() for check in shown], required_resource_keys={"build"})
    def show_verdicts(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        build: Build = context.resources.build
        found: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
        for verdict in build.verdicts:
            found[verdict.check_id, verdict.subject].append(verdict)
        for check in shown:
            yield check.result(found[check.check_id, check.subject])

    return show_verdicts

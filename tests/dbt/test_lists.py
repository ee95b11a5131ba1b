"""The lists of the dbt project beside each other: what one names stands in the other. No dbt is run."""

import csv
import re
from typing import Any

import yaml

from tests.dbt_command import PROJECT

MARTS = PROJECT / "models" / "marts"
# Written by publication, from what releases said: no model computes it.
OF_PUBLICATION = {"indicator_vintages"}


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def parts(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def accepted(model: str, column: str) -> set[str]:
    """The values that a column may have, as its test says."""
    (path,) = (PROJECT / "models").rglob(f"{model}.yml")
    (described,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    (found,) = (each for each in described["columns"] if each["name"] == column)
    tests: list[dict[str, Any]] = found["data_tests"]
    (values,) = (test["accepted_values"]["arguments"]["values"] for test in tests if "accepted_values" in test)
    return set(values)


def test_every_alert_of_the_interface_has_its_rule_and_every_rule_its_condition() -> None:
    listed = [rule["alert"] for rule in seed("project_alert_rules")]
    assert set(listed) == accepted("project_progress", "alert")
    sql = (PROJECT / "models" / "intermediate" / "int_project_status.sql").read_text(encoding="utf-8")
    raised = re.findall(r"'(\w+)'", re.search(r"set alerts = \[([^]]+)\]", sql)[1])
    # What holds always counts last.
    assert listed == [*raised, "none"]
    assert [int(rule["alert_order"]) for rule in seed("project_alert_rules")] == list(range(1, len(listed) + 1))


def test_every_threshold_that_an_alert_names_is_listed_and_read() -> None:
    named = {threshold for rule in seed("project_alert_rules") for threshold in parts(rule["threshold_ids"])}
    sql = (PROJECT / "models" / "intermediate" / "int_project_status.sql").read_text(encoding="utf-8")
    assert named == set(re.findall(r"threshold\('(\w+)'\)", sql))
    assert named <= {threshold["threshold_id"] for threshold in seed("thresholds")}


def test_every_stage_of_the_ladder_is_listed() -> None:
    assert {stage["ladder_stage"] for stage in seed("ladder_stage_list")} == accepted(
        "enterprise_ladder", "ladder_stage"
    )


def test_every_board_is_a_table_that_is_published() -> None:
    boards = accepted("int_clause_links", "linked_code")
    assert boards - {path.stem for path in MARTS.glob("*.sql")} <= OF_PUBLICATION


def test_every_clause_is_watched_and_shows_the_targets_that_it_sets() -> None:
    clauses = {clause["clause"]: clause for clause in seed("plan_clauses")}
    assert [
        key for key, clause in clauses.items() if not (parts(clause["watched_by"]) and parts(clause["boards"]))
    ] == []
    unlinked = [
        target["target_id"]
        for target in seed("target_list")
        if target["target_id"] not in parts(clauses[target["plan_clause"]]["targets"])
    ]
    assert unlinked == []
    assert len(clauses) == 30

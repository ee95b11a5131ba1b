"""What the project's macros stand for when sqlfluff reads a model: short SQL of the same kind, not what they expand to.

sqlfluff judges only what is written in a model. With dbt's own templater it would parse 1.2 MB of expanded SQL to judge
a quarter of that, in about ten times the time. An expression stands as a call by its macro's name, so a new macro of
that kind needs nothing here; macros that are more or less than an expression are listed below. Used by .sqlfluff alone.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_MACROS = Path(__file__).parents[1] / "macros"
# Names of columns or feeds: two stand for all.
_LISTS = (
    "correctable_columns",
    "ledger_events_figures",
    "ledger_funds_amounts",
    "ledger_projects_amounts",
    "ledger_projects_dates",
    "number_columns",
    "reporting_unit_feeds",
    "row_feeds",
    "statistics_enterprise_columns",
    "statistics_enterprise_items",
    "statistics_enterprise_signed_items",
    "statistics_product_columns",
)
# Select lists, queries and CTEs: text in which {0}, {1} are the arguments.
_TEXTS = {
    "lineage_columns": "{0}._row_id,",
    "register_profile": "profile_id,",
    "raw_rows": "select cell from raw",
    "staged_rows": "select cell from staging where cell is not null",
    "used_rows": "select cell from used",
    "with_severity": "select rule_id from {1}",
    "all_broken": "select rule_id from across_with_severity",
    "broken_rules": "select rule_id from {relation}",
    "split_rows": "select part from {0}",
    "row_status": "keyed as (select _row_id from staged)",
    "used_row_ctes": "set_aside as (select row_id from broken)",
    "carried_changes": "months as (select cell from raw), changes as (select _row_id from months)",
    "rows_with_history": "feed_rows as (select _row_id from history)",
    "vanished_rows": "vanished as (select _row_id from feed_rows)",
    "jumped_and_vanished": "across as (select rule_id from rows_of_feed)",
    "walk_history": "walked as (select _row_id from broken)",
    "contributions": "indicators as (select item from placed, keywords), final as (select item from indicators)",
    "ledger_months": "select cell from raw",
}
_NAMED = {"impossible_dates": " as _impossible_dates", "unreadable_columns": " as _unreadable_cells,"}


def _said(value: Any) -> Iterator[str]:
    """The pieces of SQL in an argument; patterns are none."""
    if isinstance(value, str | int):
        if re.fullmatch(r"[\w.', |*+<>=-]*", str(value), re.ASCII):
            yield str(value)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _said(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _said(one)


def _expression(name: str) -> Callable[..., str]:
    def stand_in(*arguments: Any, **named: Any) -> str:
        return f"{name}({', '.join(_said([*arguments, *named.values()]))}){_NAMED.get(name, '')}"

    return stand_in


def _text(text: str) -> Callable[..., str]:
    def stand_in(*arguments: Any, **named: Any) -> str:
        return text.format(*arguments, **{"relation": "rows_of_feed", **named})

    return stand_in


class _Dbt:
    """dbt's own macros, which models call as `dbt.<name>`."""

    def type_string(self) -> str:
        return "varchar"

    def __getattr__(self, name: str) -> Callable[..., str]:
        return _expression(name)


dbt = _Dbt()
for _path in _MACROS.rglob("*.sql"):
    if re.match(r"_|(default|duckdb|spark)__", _path.stem):
        continue
    globals()[_path.stem] = _expression(_path.stem)
for _name, _words in _TEXTS.items():
    globals()[_name] = _text(_words)
for _name in _LISTS:
    globals()[_name] = lambda *_, name=_name: [f"one_of_{name}", f"other_of_{name}"]

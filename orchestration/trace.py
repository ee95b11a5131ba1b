"""From a published figure back to the cells that it came from: formula, rows with their amounts, files, rules.

Answers of a release alone (its tables and its `lineage/`), so that a past release is traced as it was published; only
the cells as delivered come from raw, masked. The figure is computed anew from the rows that are shown: they must give
it. Does not belong here: what contributes to what (dbt), how it looks (`screen.py`, `trace_workbook.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publication.manifest import InputFile, Manifest, read_manifest
from orchestration.publication.marts import literal, open_offline
from orchestration.publication.shelf import ShelvedRelease, find_release, list_releases
from orchestration.publication.writers import lineage
from orchestration.publication.writers.duckdb_file import FILE_NAME
from orchestration.quarantine import offending_columns, shown_key
from orchestration.recomputation import COMPUTATIONS, Figures, recompute
from orchestration.report import Sentence
from orchestration.sent_rows import RowLost, masked, read_sent_rows, sent_cells
from orchestration.state import State
from orchestration.stops import Misuse, Stop
from sources.contract import Contract

MEASURES = ("value", "value_ytd", "value_ytd_prior")
WHOLE = "all"
_WITHOUT_FIGURE = ("not_due", "missing")
_VANISHED = "vanished"
_REGISTER = "registration_entities"
# The rates of reliability are those of the enterprise return, as `int_figures` has it.
_FEED_OF = {"data_reliability": "statistics_enterprise"}
# Columns that staging makes of a delivered column of another name.
_DELIVERED_AS = {"town_code": "town", "capacity_quantity": "design_capacity", "capacity_unit": "design_capacity"}
_ROW_RULES = ("quarantine", "warn")
_OF_LINE = (
    "contributor", "note", "is_in_month", "is_in_year", "is_counted", "value", "value_ytd", "value_ytd_prior", "base",
    "is_revised",
)  # fmt: skip
_OF_CORRECTION = ("correction_id", "column_name", "wrong", "right", "reason", "reported_by", "reported_on")
_MONTHS_OF_YEAR = 12


class NoSuchFigure(Misuse):
    """No figure is called that in this release; the message says what there is."""


class NotTraceable(Stop):
    """The release cannot be traced; the message says why, and what can be."""


@dataclass(frozen=True)
class Question:
    """Which figure is doubted, by names or codes; no breakdown is the whole."""

    period: str
    town: str
    indicator: str
    breakdown: str | None = None


@dataclass(frozen=True)
class TracedRelease:
    """The release that was asked; `notes` say what a reader must know of it (withdrawn, replaced)."""

    release_id: str
    path: Path
    is_current: bool
    notes: tuple[Sentence, ...]


@dataclass(frozen=True)
class TracedDelivery:
    """A delivery, as the release's manifest has it; `received_at` is ISO 8601."""

    delivery_id: str
    feed: str
    period: str
    file_name: str
    sender: str | None
    received_at: str
    sha256: str


@dataclass(frozen=True)
class TracedCell:
    """A cell as delivered, masked where it is personal. `is_source`: the figure is computed from it."""

    header: str
    column: str | None
    text: str | None
    unit: str | None
    is_source: bool


@dataclass(frozen=True)
class SaidRule:
    """A rule that marked a row, in the words of the release's rule list."""

    rule_id: str
    severity: str
    says: Sentence


@dataclass(frozen=True)
class AppliedCorrection:
    """A declared correction that changed a cell of the row: `wrong` was delivered, `right` was used."""

    correction_id: str
    column_name: str
    wrong: str
    right: str
    reason: str
    reported_by: str
    reported_on: str


@dataclass(frozen=True)
class TracedRow:
    """A delivered row: where it stands, what stands there, which rules marked it (`marked`) or let it pass.

    `lost` says why no cell can be shown. `replaced_by` is what superseded it: the delivery with its place, if known.
    """

    row_id: str
    feed: str
    period: str
    file: str
    sheet: str
    row_no: int
    row_key: str
    status: str
    delivery: TracedDelivery | None
    cells: tuple[TracedCell, ...]
    lost: Sentence | None
    marked: tuple[SaidRule, ...]
    passed: tuple[str, ...]
    corrections: tuple[AppliedCorrection, ...]
    replaced_by: TracedPlace | None


@dataclass(frozen=True)
class TracedPlace:
    """Where a row stands."""

    delivery: TracedDelivery | None
    file: str
    sheet: str
    row_no: int


@dataclass(frozen=True)
class Contribution:
    """What one row gives to the figure. Without a row, `note` says what it is. `changes` are the delivered changes
    on top of a register's row."""

    contributor: str | None
    note: str | None
    is_in_month: bool
    is_in_year: bool
    is_counted: bool
    value: Decimal | None
    value_ytd: Decimal | None
    value_ytd_prior: Decimal | None
    base: Decimal | None
    columns: tuple[str, ...]
    warnings: tuple[str, ...]
    is_revised: bool
    row: TracedRow | None
    changes: tuple[TracedRow, ...]


@dataclass(frozen=True)
class Prior:
    """Where value_ytd_prior comes from: `return`, `history` (what the release holds for `period`), or `none`.

    `is_held`: that month is in the release, and has a row of this figure, of that `value_status`.
    """

    source: str
    period: str
    is_held: bool
    value_status: str | None
    note: Sentence | None


@dataclass(frozen=True)
class Hint:
    """A figure that a growth rate divides by: traced as a question of its own."""

    measure: str
    period: str
    figure: str
    amount: Decimal | None


@dataclass(frozen=True)
class Trace:
    """All that is known of a published figure. `cell` is its row, `indicator` that of the catalogue.

    `not_recomputed` are measures that cannot be computed from this release; `agrees` says of the others whether they
    are as published. `why_empty` says why there is no figure, `notes` what else explains it.
    """

    release: TracedRelease
    cell: Mapping[str, Any]
    indicator: Mapping[str, Any]
    feed: str
    feed_label: str
    formula: Sentence
    published: Figures
    recomputed: Figures
    not_recomputed: tuple[str, ...]
    prior: Prior
    contributions: tuple[Contribution, ...]
    prior_contributions: tuple[Contribution, ...]
    left_out: tuple[TracedRow, ...]
    hints: tuple[Hint, ...]
    why_empty: Sentence | None
    notes: tuple[Sentence, ...]

    @property
    def disagreeing(self) -> tuple[str, ...]:
        """Measures that the shown rows do not give; there must be none."""
        return tuple(
            measure
            for measure in MEASURES
            if measure not in self.not_recomputed
            and getattr(self.published, measure) != getattr(self.recomputed, measure)
        )

    @property
    def agrees(self) -> bool:
        """Whether all that could be computed anew is as published."""
        return not self.disagreeing

    def as_json(self) -> dict[str, Any]:
        """For programs; amounts as text, so that none loses a digit."""
        return {**_plain(asdict(self)), "disagreeing": list(self.disagreeing), "agrees": self.agrees}


class Tracer:
    """One release, opened to be asked about its figures; to be used in a `with`.

    Raises UnknownRelease, NotTraceable, ManifestUnreadable when it is made.
    """

    def __init__(
        self,
        release_id: str | None,
        *,
        published_dir: Path,
        raw_dir: Path,
        state: State,
        contracts: Mapping[str, Contract],
    ) -> None:
        """`release_id` None is the current release."""
        self._shelved = find_release(published_dir, state, release_id)
        self._others = list_releases(published_dir, state)
        self._contracts = contracts
        self._raw_dir = raw_dir
        self._tables = _ReleaseTables(self._shelved)

    def __enter__(self) -> Tracer:
        return self

    def __exit__(self, *_: object) -> None:
        self._tables.close()

    def trace(self, question: Question) -> Trace:
        """The way back from a published figure. Raises NoSuchFigure; that raw files are gone is told in the rows."""
        return _Tracing(question, self._shelved, self._others, self._tables, self._raw_dir, self._contracts).trace()


class _ReleaseTables:
    """The tables and the lineage of one release, asked with SQL."""

    def __init__(self, shelved: ShelvedRelease) -> None:
        self.manifest: Manifest = read_manifest(shelved.path)
        self._files = {name: shelved.path / lineage.FOLDER / f"{name}.parquet" for name in lineage.TABLES}
        release_id = shelved.release.release_id
        for path in self._files.values():
            if not path.is_file():
                raise NotTraceable(
                    f"发布 {release_id} 没有溯源数据 {lineage.FOLDER}/{path.name}：它由较早版本的程序生成，"
                    "或文件已丢失（stm release verify）。请追溯较新的发布：stm release list。",
                    f"The release {release_id} has no {lineage.FOLDER}/{path.name}: an older version made it, or the "
                    "file is lost (stm release verify). Trace a newer one: stm release list.",
                )
        try:
            self.connection = open_offline(shelved.path / FILE_NAME, is_read_only=True)
        except duckdb.Error as error:
            raise NotTraceable(
                f"打不开发布 {release_id} 的 {FILE_NAME}。请用 stm release verify 核验。",
                f"{FILE_NAME} of the release {release_id} cannot be opened ({type(error).__name__}): "
                "see stm release verify.",
            ) from error
        self.rules = {rule["rule_id"]: rule for rule in self.rows("select * from {rules}")}

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a query by column; `{contributions}` and the other tables of the lineage stand for their files."""
        files = {name: f"read_parquet({literal(str(path))})" for name, path in self._files.items()}
        cursor = self.connection.execute(sql.format(**files), list(parameters))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


class _Tracing:
    """One question, asked of one release."""

    def __init__(
        self,
        question: Question,
        shelved: ShelvedRelease,
        others: Sequence[ShelvedRelease],
        tables: _ReleaseTables,
        raw_dir: Path,
        contracts: Mapping[str, Contract],
    ) -> None:
        self._question = question
        self._shelved = shelved
        self._others = others
        self._tables = tables
        self._contracts = contracts
        self._rows = _Rows(tables, raw_dir, contracts)

    def trace(self) -> Trace:
        """Everything about the figure."""
        self._require_month()
        town = self._named("towns", "town", self._question.town, ("town_name", "short_name"))
        indicator = self._named("indicator_catalogue", "indicator", self._question.indicator, ("indicator_name",))
        cell = self._cell(town, indicator)
        computation = COMPUTATIONS.get(indicator["computation"])
        if computation is None:
            raise NotTraceable(
                f"本程序不认识计算方式 {indicator['computation']}：该发布由较新版本的程序生成。",
                f"The computation {indicator['computation']} is not known here: a newer version made the release.",
            )
        feed = _FEED_OF.get(indicator["source_feed"], indicator["source_feed"])
        is_zero_without_rows = computation.is_zero_without_rows and (
            indicator["computation"] == "count" or not self._contracts[feed].has_reporting_units
        )
        last_year, prior = self._prior(cell, indicator)
        lines = self._lines(cell)
        prior_lines = self._lines(last_year) if last_year else []
        left_out = self._rows.left_out(feed, cell, lines)
        self._rows.find([*lines, *prior_lines], left_out)
        contributions = self._contributions(lines)
        prior_contributions = self._contributions(prior_lines)

        def figures(of: Mapping[str, Any], rows: Sequence[Contribution]) -> Figures:
            # A month without its return has no figure, not that of a ledger without a row.
            is_zero = is_zero_without_rows and of["value_status"] not in _WITHOUT_FIGURE
            return recompute(computation, rows, of_no_row=Decimal(0) if is_zero else None)

        recomputed = figures(cell, contributions)
        if prior.source == "history":
            told = figures(last_year, prior_contributions).value_ytd if last_year else None
            recomputed = replace(recomputed, value_ytd_prior=told)
        if recomputed.value_ytd is None or prior.source == "none":
            recomputed = replace(recomputed, value_ytd_prior=None)
        published = Figures(*(cell[measure] for measure in MEASURES))
        return Trace(
            release=self._release(),
            cell=cell,
            indicator=indicator,
            feed=feed,
            feed_label=self._contracts[feed].label_zh,
            formula=computation.formula,
            published=published,
            recomputed=recomputed,
            not_recomputed=("value_ytd_prior",) if prior.note and published.value_ytd_prior is not None else (),
            prior=prior,
            contributions=contributions,
            prior_contributions=prior_contributions,
            left_out=tuple(self._rows.traced(line, self._columns(lines)) for line in left_out),
            hints=self._hints(cell, indicator, prior),
            why_empty=self._why_empty(cell, indicator, feed, lines, left_out),
            notes=self._notes(cell, feed),
        )

    # What was asked for, by the names that the release has

    def _require_month(self) -> None:
        period, release = self._question.period, self._shelved.release
        months = {one["period"]: one for one in self._tables.rows("select period, status, status_reason from periods")}
        if (found := months.get(period)) and found["status"] == "published":
            return
        held = sorted(month for month, one in months.items() if one["status"] == "published")
        newest = max(
            (one.release for one in self._others if one.release.status == "published" and one.release.period == period),
            key=lambda one: one.release_no,
            default=None,
        )
        why = f"：{found['status_reason']}" if found and found["status_reason"] else ""
        elsewhere = newest is not None and newest.release_id != release.release_id
        raise NoSuchFigure(
            f"发布 {release.release_id} 中没有 {period}{why}。它收入的报告期：{'、'.join(held) or '无'}。"
            + (f"该月另有发布 {newest.release_id}，请加 --release。" if newest and elsewhere else ""),
            f"The release {release.release_id} does not hold {period}. It holds: {', '.join(held) or 'none'}."
            + (f" {newest.release_id} does: --release." if newest and elsewhere else ""),
        )

    def _named(self, table: str, what: str, name: str, names: Sequence[str]) -> dict[str, Any]:
        """The row of a dimension that a person calls `name`: by its code, or one of its names."""
        code = f"{what}_code"
        rows = self._tables.rows(f"select * from {table} order by {code}")
        for column in (code, *names):
            for row in rows:
                if row[column] == name:
                    return row
        known = {str(row[column]): row for row in rows for column in (code, *names)}
        close = get_close_matches(name, known, n=3, cutoff=0.5)
        if close:
            rows = list({known[one][code]: known[one] for one in close}.values())
        told = "、".join(f"{row[code]}（{row[names[0]]}）" for row in rows)
        kind = {"town": ("专业镇", "town"), "indicator": ("指标", "indicator")}[what]
        raise NoSuchFigure(
            f"没有{kind[0]} {name}。{'相近的' if close else '有'}：{told}。",
            f"There is no {kind[1]} {name}. {'Close to it' if close else 'There are'}: "
            f"{', '.join(row[code] for row in rows)}.",
        )

    def _cell(self, town: Mapping[str, Any], indicator: Mapping[str, Any]) -> dict[str, Any]:
        """The row of indicator_monthly; without a breakdown the whole, or the only one that there is."""
        asked = (self._question.period, town["town_code"], indicator["indicator_code"])
        cells = self._tables.rows(
            "select * from indicator_monthly where period = ? and town_code = ? and indicator_code = ? "
            "order by breakdown",
            asked,
        )
        wanted = self._question.breakdown
        for cell in cells:
            if cell["breakdown"] == (wanted or WHOLE) or (wanted is None and len(cells) == 1):
                return cell
        name = indicator["indicator_name"]
        if not cells:
            others = self._tables.rows(
                "select distinct town_code from indicator_monthly where period = ? and indicator_code = ? "
                "order by town_code",
                (asked[0], asked[2]),
            )
            towns = "、".join(one["town_code"] for one in others) or "无"
            raise NoSuchFigure(
                f"{asked[0]} 的{name}没有{town['town_name']}的数。有数的专业镇：{towns}。",
                f"{asked[2]} of {asked[0]} has no row for {asked[1]}. It has: {towns}.",
            )
        parts = "、".join(cell["breakdown"] for cell in cells)
        raise NoSuchFigure(
            f"{asked[0]} {town['town_name']}的{name}没有分组 {wanted or WHOLE}。有：{parts}（用 --breakdown）。",
            f"{asked[2]} of {asked[1]} in {asked[0]} has no breakdown {wanted or WHOLE}. There are: {parts} "
            "(--breakdown).",
        )

    # What it came from

    def _lines(self, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._tables.rows(
            "select * from {contributions} where period = ? and town_code = ? and indicator_code = ? "
            "and breakdown = ? order by abs(coalesce(value_ytd, value)) desc nulls last, contributor, row_id, note",
            [cell[name] for name in ("period", "town_code", "indicator_code", "breakdown")],
        )

    def _contributions(self, lines: Iterable[Mapping[str, Any]]) -> tuple[Contribution, ...]:
        def contribution(line: Mapping[str, Any]) -> Contribution:
            columns = _parts(line["cell_columns"])
            row = self._rows.by_id[line["row_id"]] if line["row_id"] else None
            changes = self._rows.changes.get((line["period"], line["contributor"]), ())
            return Contribution(
                **{name: line[name] for name in _OF_LINE},
                columns=columns,
                warnings=_parts(line["warnings"]),
                row=self._rows.traced(row, columns) if row else None,
                changes=tuple(self._rows.traced(self._rows.by_id[one], ()) for one in changes),
            )

        return tuple(contribution(line) for line in lines)

    def _columns(self, lines: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
        """The cells that the figure is computed from, in any of its rows."""
        return tuple(dict.fromkeys(name for line in lines for name in _parts(line["cell_columns"])))

    def _prior(self, cell: Mapping[str, Any], indicator: Mapping[str, Any]) -> tuple[dict[str, Any] | None, Prior]:
        """The cell of last year from which value_ytd_prior comes, if it is one, and what is to be said of it."""
        period = _shifted(cell["period"], -_MONTHS_OF_YEAR)
        source = indicator["prior_source"]
        if source != "history" or cell["value_ytd"] is None:
            return None, Prior(source, period, is_held=False, value_status=None, note=None)
        found = self._at(cell, period)
        note = None
        if found is None and cell["value_ytd_prior"] is not None:
            note = Sentence(
                f"{period} 没有通过检验，不在这次发布中：上年同期不能从本发布复算。",
                f"{period} did not pass and is not in this release: last year's figure cannot be computed from it.",
            )
        status = found["value_status"] if found else None
        return found, Prior(source, period, is_held=found is not None, value_status=status, note=note)

    def _at(self, cell: Mapping[str, Any], period: str) -> dict[str, Any] | None:
        """The same figure of another month."""
        found = self._tables.rows(
            "select * from indicator_monthly where period = ? and town_code = ? and indicator_code = ? "
            "and breakdown = ?",
            [period, *(cell[name] for name in ("town_code", "indicator_code", "breakdown"))],
        )
        return found[0] if found else None

    # What else explains it

    def _hints(self, cell: Mapping[str, Any], indicator: Mapping[str, Any], prior: Prior) -> tuple[Hint, ...]:
        if indicator["nature"] == "rate":
            return ()
        before = _shifted(cell["period"], -1)
        month_before = self._at(cell, before)
        # The return itself tells last year's figure; else it is the figure of last year's month.
        of_last_year = (prior.period, "value_ytd") if prior.source == "history" else (cell["period"], "value_ytd_prior")
        return (
            Hint("yoy_pct", *of_last_year, cell["value_ytd_prior"]),
            Hint("mom_pct", before, "value", month_before["value"] if month_before else None),
        )

    def _why_empty(
        self,
        cell: Mapping[str, Any],
        indicator: Mapping[str, Any],
        feed: str,
        lines: Sequence[Mapping[str, Any]],
        left_out: Sequence[Mapping[str, Any]],
    ) -> Sentence | None:
        """Why the month has no figure at all."""
        if cell["value_status"] not in _WITHOUT_FIGURE:
            return None
        contract, period = self._contracts[feed], cell["period"]
        label = contract.label_zh
        if cell["value_status"] == "not_due":
            return Sentence(f"{period} 不报送{label}，没有数。", f"{feed} is not due in {period}: there is no figure.")
        if indicator["computation"] == "quotient" and not lines:
            return Sentence(
                "没有该镇产业在基准地区的占比（种子 benchmarks），不能计算。",
                "There is no benchmark share of the town's industry (seed benchmarks).",
            )
        inputs = [one for one in self._tables.manifest.inputs if (one.feed, one.period) == (feed, period)]
        if not any(one.status == "accepted" for one in inputs):
            refused = "；".join(f"《{one.file_name}》被退回：{one.reason_zh}" for one in inputs)
            return Sentence(
                f"没有收到 {period} 的{label}。{refused}",
                f"No delivery of {feed} for {period} was accepted"
                + "".join(f"; {one.file_name} was refused: {one.reason_en}" for one in inputs)
                + ".",
            )
        set_aside = sum(line["status"] == "set_aside" for line in left_out)
        return Sentence(
            f"收到了 {period} 的{label}，但可用的行中没有这项数：计入 {len(lines)} 行，相关单元格都是空的；"
            f"搁置 {set_aside} 行。",
            f"{feed} of {period} came, but no used row has this figure: {len(lines)} rows, all of them empty there; "
            f"{set_aside} set aside.",
        )

    def _notes(self, cell: Mapping[str, Any], feed: str) -> tuple[Sentence, ...]:
        notes = []
        not_due = self._contracts[feed].not_due_months
        if cell["value"] is None and cell["value_ytd"] is not None and int(cell["period"][5:]) - 1 in not_due:
            notes.append(
                Sentence(
                    "本月报表合并了上月：有累计值，没有本月值。",
                    "This return is for two months together: there is a value_ytd, and no value.",
                )
            )
        return tuple(notes)

    def _release(self) -> TracedRelease:
        release = self._shelved.release
        notes = []
        if release.status == "withdrawn":
            notes.append(
                Sentence(
                    f"该发布已撤回（{release.by}：{release.why}）。",
                    f"This release was withdrawn ({release.by}: {release.why}).",
                )
            )
        current = next((one.release.release_id for one in self._others if one.is_current), None)
        if not self._shelved.is_current and current is not None:
            notes.append(
                Sentence(f"这不是当前发布；当前发布是 {current}。", f"This is not the current release; {current} is.")
            )
        return TracedRelease(release.release_id, self._shelved.path, self._shelved.is_current, tuple(notes))


class _Rows:
    """Delivered rows: found in the lineage by their ids, read from raw file by file."""

    def __init__(self, tables: _ReleaseTables, raw_dir: Path, contracts: Mapping[str, Contract]) -> None:
        self.by_id: dict[str, dict[str, Any]] = {}
        self.changes: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._tables = tables
        self._raw_dir = raw_dir
        self._contracts = contracts
        self._deliveries = {one.delivery_id: _delivery(one) for one in tables.manifest.inputs}
        self._corrections = {one.correction_id: one for one in tables.manifest.corrections}
        self._sent: dict[tuple[str, str, str, int], Mapping[str, Any]] = {}
        self._lost: dict[str, Sentence] = {}

    def left_out(self, feed: str, cell: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows of the feed and month that are not used, of this town or of none that can be read.

        Of a register that is carried on also those of its own month, and of the changes since.
        """
        row_ids = [line["row_id"] for line in lines if line["row_id"]]
        return self._tables.rows(
            "with months as (select ? as feed, ? as period union select feed, period from {rows} "
            "where status = 'used' and feed = ? and row_id in (select unnest(?)) "
            "union select rows.feed, rows.period from {rows} as rows "
            "join {changes} as changes on rows.row_id = changes.row_id and changes.period = ? where ? = ?) "
            "select rows.* from {rows} as rows join months on rows.feed = months.feed and rows.period = months.period "
            "where rows.status <> 'used' and (rows.town_code is null or ? in (rows.town_code, ?)) "
            "order by rows.status, rows.feed, rows.period, rows.file, rows.sheet, rows.row_no",
            [feed, cell["period"], feed, row_ids, cell["period"], feed, _REGISTER, cell["town_code"], WHOLE],
        )

    def find(self, lines: Sequence[Mapping[str, Any]], left_out: Sequence[Mapping[str, Any]]) -> None:
        """Look up all rows behind contributions and left out, and read them as they were sent."""
        wanted = {line["row_id"] for line in lines if line["row_id"]}
        contributors = {(line["period"], line["contributor"]) for line in lines if line["row_id"]}
        for period in {period for period, _ in contributors}:
            for change in self._tables.rows(
                "select contributor, row_id from {changes} where period = ? order by contributor, changed_on, row_id",
                [period],
            ):
                if (period, change["contributor"]) in contributors:
                    self.changes[period, change["contributor"]].append(change["row_id"])
                    wanted.add(change["row_id"])
        wanted |= {line["replaced_by"] for line in left_out if line["replaced_by"]}
        found = self._tables.rows(
            "select * from {rows} where status <> ? and row_id in (select unnest(?))", [_VANISHED, sorted(wanted)]
        )
        self.by_id = {row["row_id"]: row for row in found}
        self._read([*found, *left_out])

    def traced(self, line: Mapping[str, Any], columns: Sequence[str]) -> TracedRow:
        """A row with its cells: those in `columns`, with what names the row; all without any."""
        contract = self._contracts[line["feed"]]
        marked = _parts(line["rules"])
        sent = self._sent.get((line["delivery_id"], line["file"], line["sheet"] or "", line["row_no"]))
        lost = self._lost.get(line["delivery_id"])
        if sent is None and lost is None:
            lost = Sentence(
                "原始数据中已没有这一行（可能已按要求删除），无法显示原单元格。",
                "The row is no longer in raw (it may have been erased): its cells cannot be shown.",
            )
        return TracedRow(
            row_id=line["row_id"],
            feed=line["feed"],
            period=line["period"],
            file=line["file"],
            sheet=line["sheet"] or "",
            row_no=line["row_no"],
            row_key=shown_key(contract, line["row_key"] or ""),
            status=line["status"],
            delivery=self._deliveries.get(line["delivery_id"]),
            cells=_cells(sent, contract, columns) if sent else (),
            lost=lost,
            marked=tuple(self._said(rule_id) for rule_id in marked),
            passed=tuple(
                rule_id
                for rule_id, rule in self._tables.rules.items()
                if rule["feed"] in (line["feed"], "*")
                and rule["level"] == "row"
                and rule["severity"] in _ROW_RULES
                and rule_id not in marked
            ),
            corrections=tuple(
                AppliedCorrection(**{name: getattr(self._corrections[one], name) for name in _OF_CORRECTION})
                for one in _parts(line["corrections"])
                if one in self._corrections
            ),
            replaced_by=self._place(self.by_id.get(line["replaced_by"] or "")),
        )

    def _read(self, lines: Iterable[Mapping[str, Any]]) -> None:
        numbers: dict[str, set[int]] = defaultdict(set)
        for line in lines:
            numbers[line["delivery_id"]].add(line["row_no"])
        for delivery_id, of_delivery in numbers.items():
            delivery = self._deliveries.get(delivery_id)
            if delivery is None:
                self._lost[delivery_id] = Sentence(
                    "发布清单中没有这份来文，无法显示原单元格。", "The manifest does not have this delivery."
                )
                continue
            try:
                rows = read_sent_rows(self._raw_dir, delivery, of_delivery, self._tables.connection)
            except RowLost as stop:
                self._lost[delivery_id] = Sentence(stop.message_zh, stop.message_en)
                continue
            self._sent.update({(delivery_id, *place): row for place, row in rows.items()})

    def _said(self, rule_id: str) -> SaidRule:
        rule = self._tables.rules[rule_id]
        return SaidRule(rule_id, rule["severity"], Sentence(rule["message_zh"], rule["message_en"]))

    def _place(self, line: Mapping[str, Any] | None) -> TracedPlace | None:
        if line is None:
            return None
        return TracedPlace(self._deliveries.get(line["delivery_id"]), line["file"], line["sheet"] or "", line["row_no"])


def _cells(sent: Mapping[str, Any], contract: Contract, columns: Sequence[str]) -> tuple[TracedCell, ...]:
    """Cells as delivered: those that the figure is computed from, what names the row and its town; never bare."""
    delivered = "|".join(_DELIVERED_AS.get(name, name) for name in columns)
    sources = frozenset(offending_columns(contract, delivered))
    named = {*contract.key, *(name for name in ("town",) if name in contract.columns_by_name)}
    return tuple(
        TracedCell(cell.header, cell.column, cell.text, cell.unit, is_source=cell.column in sources)
        for cell in masked(sent_cells(sent, contract, sources))
        if cell.column in sources or (cell.text and (not sources or cell.column is None or cell.column in named))
    )


def _delivery(one: InputFile) -> TracedDelivery:
    return TracedDelivery(
        one.delivery_id, one.feed, one.period, one.file_name, one.sender, one.received_at.isoformat(), one.sha256
    )


def _parts(joined: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (joined or "").split("|")))


def _shifted(period: str, months: int) -> str:
    """A month that lies so many months after (before) another."""
    count = int(period[:4]) * _MONTHS_OF_YEAR + int(period[5:]) - 1 + months
    return f"{count // _MONTHS_OF_YEAR:04d}-{count % _MONTHS_OF_YEAR + 1:02d}"


def _plain(value: Any) -> Any:
    """What JSON can hold; decimals, days and paths as text."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value

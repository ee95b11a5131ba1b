"""A trace as tables for people of the city: what is said of the figure, and a line for each row behind it, in Chinese.

Belongs here: words, headings and their order, for screen and workbook alike. How a table is printed or written stands
there (`screen.py`, `trace_workbook.py`), what is in it in `trace.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.trace import MEASURES, Contribution, Trace, TracedPlace, TracedRow

MEASURE_LABELS = {"value": "本月值", "value_ytd": "累计值", "value_ytd_prior": "上年同期累计"}
STATUS_LABELS = {
    "used": "已用",
    "set_aside": "搁置",
    "superseded": "已被后来的来文代替",
    "repeat": "同一行重复，只计一次",
    "vanished": "上月有，本月没有",
}
_VALUE_STATUS_LABELS = {
    "final": "定案",
    "revised": "已修订",
    "preliminary": "初步",
    "not_due": "不应报送",
    "missing": "缺报",
    "suppressed": "不公开",
}
_PRIOR_LABELS = {"return": "报表所报的上年同期", "history": "本发布中上年同月的累计值", "none": "没有上年同期"}

Entry = str | int | Decimal | None


@dataclass(frozen=True)
class Table:
    """Headings with the widths of their columns, and rows as long as these. `amounts` are the columns that add up."""

    name: str
    title: str
    headings: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Entry, ...], ...]
    amounts: range = range(0)


def facts(trace: Trace) -> tuple[tuple[str, str], ...]:
    """What is said of the figure as a whole: label and text."""
    cell, indicator = trace.cell, trace.indicator
    unit = cell["unit"]
    said = [
        ("指标", f"{indicator['indicator_name']} {indicator['indicator_code']}"),
        ("报告期", cell["period"]),
        ("专业镇", f"{cell['town_name']} {cell['town_code']}"),
        ("分组", "合计 all" if cell["breakdown"] == "all" else cell["breakdown"]),
        ("发布", "；".join([trace.release.release_id, *(note.zh for note in trace.release.notes)])),
        *(
            (
                MEASURE_LABELS[measure],
                f"{amount(getattr(trace.published, measure))} {unit}；{_recomputed(trace, measure)}",
            )
            for measure in MEASURES
        ),
        ("同比 %", amount(cell["yoy_pct"])),
        ("环比 %", amount(cell["mom_pct"])),
        (
            "状态",
            f"{_VALUE_STATUS_LABELS.get(cell['value_status'], cell['value_status'])} {cell['value_status']}；"
            f"质量 {cell['quality_grade'] or '—'}；标记 {cell['flags'] or '无'}",
        ),
        ("定义", indicator["definition"]),
        ("计算", f"{trace.formula.zh}（{indicator['computation']}）"),
        ("数据来源", f"{trace.feed_label} {trace.feed}"),
        ("上年同期来源", _PRIOR_LABELS[trace.prior.source] + (f"；{trace.prior.note.zh}" if trace.prior.note else "")),
        *(
            (
                {"yoy_pct": "同比的基数", "mom_pct": "环比的基数"}[hint.measure],
                f"{hint.period} 的{MEASURE_LABELS[hint.figure]} {amount(hint.amount)}",
            )
            for hint in trace.hints
        ),
    ]
    if trace.why_empty:
        said.append(("为什么没有数", trace.why_empty.zh))
    said += [("说明", note.zh) for note in trace.notes]
    return tuple(said)


def contribution_table(name: str, title: str, contributions: Iterable[Contribution]) -> Table:
    """A line for each contribution; an amount stands where it counts, so that the columns add up."""
    headings = (
        ("计入的单位或项目", 24),
        ("本月", 14),
        ("累计", 14),
        ("上年同期", 14),
        ("基数", 14),
        ("来文", 30),
        ("工作表", 14),
        ("行号", 8),
        ("报送的单元格", 50),
        ("规则", 24),
        ("说明", 40),
    )
    rows = tuple(
        (
            one.contributor,
            one.value if one.is_in_month else None,
            one.value_ytd if one.is_in_year else None,
            one.value_ytd_prior if one.is_in_year else None,
            one.base if one.is_in_month else None,
            one.row.file if one.row else None,
            one.row.sheet if one.row else None,
            one.row.row_no if one.row else None,
            cells(one.row) if one.row else None,
            rules(one.row) if one.row else None,
            _explained(one),
        )
        for one in contributions
    )
    return Table(name, title, headings, rows, range(1, 5))


def left_out_table(trace: Trace) -> Table:
    """A line for each row that is not in the figure, with every reason."""
    headings = (
        ("为什么未计入", 26),
        ("原因", 50),
        ("主键", 24),
        ("报告期", 10),
        ("来文", 30),
        ("工作表", 14),
        ("行号", 8),
        ("代替它的行", 40),
        ("报送的单元格", 50),
    )
    rows = tuple(
        (
            STATUS_LABELS[row.status],
            "；".join(f"{rule.says.zh}［{rule.rule_id}］" for rule in row.marked) or None,
            row.row_key or None,
            row.period,
            row.file,
            row.sheet,
            row.row_no,
            place(row.replaced_by) if row.replaced_by else None,
            cells(row),
        )
        for row in trace.left_out
    )
    return Table("未计入的行", f"{trace.feed_label}中同月未计入的行", headings, rows)


def counting(contributions: Sequence[Contribution]) -> tuple[Contribution, ...]:
    """Those that count somewhere; the others only show that they were asked and do not."""
    return tuple(one for one in contributions if one.is_in_month or one.is_in_year)


def amount(number: Decimal | None) -> str:
    """A figure without idle zeros; a stroke where there is none."""
    if number is None:
        return "—"
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cells(row: TracedRow) -> str:
    """The cells as delivered, or why they cannot be shown."""
    if row.lost:
        return row.lost.zh
    shown = [one for one in row.cells if one.is_source] or row.cells
    return "；".join(f"{one.header} {one.text or '（空）'}{one.unit or '' if one.text else ''}" for one in shown)


def rules(row: TracedRow) -> str:
    """How many rules it passed, which marked it, what was corrected."""
    said = [f"通过 {len(row.passed)} 条"]
    said += [f"{rule.says.zh}［{rule.rule_id}］" for rule in row.marked]
    said += [f"更正 {one.correction_id}：{one.column_name} {one.wrong}→{one.right}" for one in row.corrections]
    return "；".join(said)


def place(found: TracedPlace) -> str:
    """Where a row stands, and when that came."""
    sheet = f" {found.sheet}" if found.sheet else ""
    came = f"（{found.delivery.received_at[:16].replace('T', ' ')} 收到）" if found.delivery else ""
    return f"{found.file}{sheet} 第 {found.row_no} 行{came}"


def _recomputed(trace: Trace, measure: str) -> str:
    if measure in trace.not_recomputed:
        return "不能从本发布复算"
    text = f"按所列各行复算 {amount(getattr(trace.recomputed, measure))}"
    return f"{text}，{'不一致' if measure in trace.disagreeing else '一致'}"


def _explained(one: Contribution) -> str | None:
    said = [one.note] if one.note else []
    if not one.is_in_year and not one.is_in_month:
        said.append("不计入")
    elif not one.is_in_month:
        said.append("只计入累计")
    if one.is_revised:
        said.append("后来的来文改过")
    said += [f"其后变动：{change.file} 第 {change.row_no} 行 {cells(change)}" for change in one.changes]
    return "；".join(said) or None

"""How things look on a screen: progress while a run goes, and the last screen of each command.

For people of the city, so Chinese with the English key word beside it. Plain enough without a terminal: a pipe or a
log gets the same lines without colour or movement. What is said is decided elsewhere (`report.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from orchestration.report import ExitCode, RunReport, Sentence

if TYPE_CHECKING:
    from orchestration.bench import BenchReport
    from orchestration.corrections import Outcome
    from orchestration.doctor import Finding
    from orchestration.publication.manifest import Manifest, Reason
    from orchestration.publication.shelf import ShelvedRelease, Verification
    from orchestration.quarantine import Block, FlaggedRow, Quarantine
    from orchestration.quarantine_workbook import WrittenLetter
    from orchestration.report import PublishedMonth, ReopenedMonth
    from orchestration.sent_rows import SentCell
    from orchestration.settings import SettingLine
    from orchestration.state import Correction, Delivery, Waiver
    from orchestration.trace import Trace
    from orchestration.trace_tables import Table as TraceTable
    from sources.contract import Contract
    from sources.demo import DemoReport

# Without a terminal lines are not folded: a path must come out whole, for people and for grep.
PIPE_WIDTH = 400
FIRST_QUERY = (
    "select town_name, indicator_name, value_ytd, yoy_pct, unit from indicator_monthly "
    "where period = '{period}' and breakdown = 'all' order by town_code, indicator_code"
)

CORRECTION_OUTCOMES = {
    "applied": "已应用 applied",
    "obsolete": "已过时，未应用 obsolete, not applied",
    "no_such_row": "没有这一行，未应用 no such row, not applied",
}


def make_console(is_stderr: bool = False) -> Console:
    """A console for standard output or standard error."""
    console = Console(stderr=is_stderr, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console = Console(stderr=is_stderr, highlight=False, soft_wrap=True, width=PIPE_WIDTH)
    return console


class ScreenProgress:
    """Progress on a console: a moving line on a terminal, one line a finished stage everywhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None

    def begin(self, label_zh: str, label_en: str) -> None:
        """Show the stage as going on."""
        if self._console.is_terminal:
            self._status = self._console.status(escape(f"{label_zh} {label_en}"))
            self._status.start()

    def advance(self, detail: str, done: int, total: int) -> None:
        """Show how far it is."""
        if self._status:
            self._status.update(f"[{done}/{total}] {escape(detail)}".replace("[", r"\[", 1))

    def end(self, label_zh: str, label_en: str, seconds: float) -> None:
        """Show that it is over, and how long it took."""
        if self._status:
            self._status.stop()
            self._status = None
        self._console.print(f"  {escape(label_zh)} [dim]{escape(label_en)}[/dim]  {seconds:.1f} s")


def show_stop(console: Console, sentence: Sentence, log_path: Path | None = None) -> None:
    """Why something stopped."""
    console.print(f"[bold red]停止 stopped[/bold red]  {escape(sentence.zh)}")
    console.print(f"  {escape(sentence.en)}")
    if log_path:
        console.print(f"  日志 log: {escape(str(log_path))}")


def show_report(console: Console, report: RunReport) -> None:
    """The last screen of a run."""
    if report.failure:
        show_stop(console, report.failure, report.log_path)
    if report.is_nothing_new:
        console.print("[bold]没有新内容 nothing new[/bold]  来文、规则和程序都与上次相同，未重建，也未发布。")
    _section(
        console,
        "从数据库取得的报送 fetched from senders' databases",
        [f"{one.feed}/{one.period}  {one.sender}  {one.rows} 行 rows  {one.asked_at}" for one in report.fetched],
    )
    _section(console, "重新打开的月份 re-opened", [line for one in report.reopened for line in _reopened(one)], "cyan")
    _section(
        console,
        "已发布 published",
        [f"{one.release_id}  {one.path}{_against(one)}" for one in report.published],
        "green",
    )
    if not report.is_publishing:
        _section(console, "可发布 would pass", report.passed, "green")
    if report.confirmed:
        _section(console, "数据未变，沿用原发布 confirmed", [_listed(report.confirmed)])
    if report.standing and not report.is_nothing_new:
        _section(console, "原已发布，无新内容 standing", [_listed(report.standing)])
    _section(
        console,
        "未通过检验，未发布 stopped by the gate",
        [line for month in report.stopped for line in _with_reasons(month.period, month.reasons)],
        "red",
    )
    _section(
        console,
        "经豁免放行 waived",
        [
            line
            for one in report.waived
            for line in (
                f"{one.period}  {one.feed}  {one.reason.zh}",
                f"  {one.reason.en}",
                f"  豁免 waiver {one.waiver_id}：{one.by}，{one.why}；至 until {one.until}；指标质量 grade D",
            )
        ],
        "yellow",
    )
    _section(
        console,
        "等待来文 waiting",
        [f"{month.period}  {'，'.join(one.zh for one in month.missing)}" for month in report.waiting],
        "yellow",
    )
    _section(
        console,
        "拒收的文件 refused",
        [
            line
            for one in report.refused
            for line in _with_reasons(f"{one.feed}/{one.period}/{one.file_name}  {one.rule_id}", [one.reason])
        ],
        "red",
    )
    _section(
        console,
        "搁置的行 set aside（明细 details: stm quarantine list）",
        [f"{one.period}  {one.feed}  {one.rule_id}  {one.rows} 行  {one.reason.zh}" for one in report.set_aside],
        "yellow",
    )
    _section(
        console,
        "声明的更正 declared corrections（stm correction list）",
        [
            f"{one.correction_id}  {one.period}  {one.feed}  {one.row_key}  {one.column_name}  "
            f"{CORRECTION_OUTCOMES[one.outcome]}" + (f"，现为 now {one.cell}" if one.outcome == "obsolete" else "")
            for one in report.corrections
        ],
        "yellow" if any(one.outcome != "applied" for one in report.corrections) else "default",
    )
    _section(console, "提示 notices", [line for one in report.notices for line in (one.zh, f"  {one.en}")])
    if report.current and report.exit_code in (ExitCode.DONE, ExitCode.STOPPED) and report.is_publishing:
        period = report.current.resolve().parent.name
        _section(
            console,
            "下一步 open next",
            [
                f"{report.current / 'specialty_town.duckdb'}  （只读打开 read-only；最新发布 {period}）",
                FIRST_QUERY.format(period=period),
                "stm release list  ·  stm release show  ·  make ui",
            ],
            "cyan",
        )
    console.print(f"用时 took {report.seconds:.1f} s", style="dim")


_OUTCOMES = {
    "changed": "数据有变，已重新发布 figures changed, released anew",
    "shown_again": "本月数据未变，为收入前月更正而重发 own figures unchanged, released anew for earlier months",
    "confirmed": "数据未变，沿用原发布 figures unchanged, release confirmed",
    "stopped": "未通过检验，沿用原发布 stopped, the release stands as it was",
    "checked": "未发布 not published",
}


def _reopened(month: "ReopenedMonth") -> list[str]:
    """A month that was looked at anew, what came since, and what came of it."""
    causes = [
        f"  来文 delivery {one.feed}/{one.period}/{one.file_name}（{one.sender or '—'}，{one.received_at}）"
        for one in month.deliveries
    ]
    if month.waivers:
        causes.append(f"  豁免有变 waivers given or taken back: {', '.join(map(str, month.waivers))}")
    return [
        f"{month.period}  {month.release_id}：{_OUTCOMES[month.outcome]}",
        *(causes or ["  规则、程序或其他决定有变 rules, program or other decisions are not the same"]),
    ]


def _against(month: "PublishedMonth") -> str:
    """What a release is beside the one before it."""
    if month.replaces is None:
        return ""
    said = "数据有变 figures changed" if month.is_changed else "本月数据未变 own figures unchanged"
    return f"  （替代 replaces {month.replaces}，{said}）"


def _listed(months: list[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} … {months[-1]}（{len(months)} 个月 months）"


def _with_reasons(head: str, reasons: "Iterable[Sentence | Reason]") -> list[str]:
    return [head, *(line for reason in reasons for line in (f"  {reason.zh}", f"  {reason.en}"))]


def _section(console: Console, title: str, lines: list[str], colour: str = "default") -> None:
    if lines:
        console.print(f"[bold {colour}]{title}[/bold {colour}]")
        for line in lines:
            console.print(f"  {escape(line)}")


def show_findings(console: Console, findings: "Sequence[Finding]", settings: "Sequence[SettingLine]") -> None:
    """What `stm doctor` found, and all settings."""
    for one in findings:
        mark = "[yellow]注意 note[/yellow]" if one.is_warning else "[green]正常 ok[/green]"
        console.print(
            f"{mark if one.is_good else '[bold red]不行 bad[/bold red]'}  {escape(one.subject)}  {escape(one.seen)}"
        )
        if one.advice_zh:
            console.print(f"    {escape(one.advice_zh)}\n    {escape(one.advice_en)}")
    table = _table("变量 variable", "值 value", "来源 source", "含义 meaning")
    for line in settings:
        table.add_row(escape(line.variable), escape(line.value), line.source, escape(line.meaning))
    console.print(table)


def show_set_aside(console: Console, rows: Sequence["FlaggedRow"]) -> None:
    """Rows set aside, one line a row and broken rule, under a heading for each month and feed."""
    groups: dict[tuple[str, str], list[FlaggedRow]] = defaultdict(list)
    for row in rows:
        groups[row.period, row.feed].append(row)
    for (period, feed), members in groups.items():
        console.print(f"[bold]{period}  {escape(feed)}[/bold]")
        table = _table(
            "编号 row",
            "规则 rule",
            "文件 file",
            "表 sheet",
            "行 row",
            "主键 key",
            "列 column",
            "所见 seen",
            "原因 reason",
        )
        for row in members:
            for rule in row.rules:
                table.add_row(
                    row.row_ref, rule.rule_id, escape(row.file), escape(row.sheet), str(row.row_no),
                    escape(row.row_key), escape("|".join(rule.columns)), escape(rule.seen), rule.says.zh,
                )  # fmt: skip
        console.print(table)
    console.print(
        f"共 {len(rows)} 行 rows（原行 as sent: stm quarantine show 编号；寄回 to mail back: stm quarantine export）"
        if rows
        else "没有搁置的行 nothing is set aside"
    )


def show_row(console: Console, row: "FlaggedRow", cells: Sequence["SentCell"]) -> None:
    """One row as it was sent, every rule that it broke and what to do; `cells` are masked already."""
    state = "[red]搁置 set aside[/red]" if row.is_set_aside else "[yellow]已用并标记 used and marked[/yellow]"
    console.print(f"[bold]{row.row_ref}[/bold]  {row.period}  {escape(row.feed)}  {state}")
    console.print(f"  文件 file {escape(row.file)}  表 sheet {escape(row.sheet)}  行 row {row.row_no}")
    console.print(f"  主键 key {escape(row.row_key)}")
    for rule in row.rules:
        console.print(f"  [bold]{rule.rule_id}[/bold]  {rule.says.zh}；{rule.remedy.zh}")
        console.print(f"    {rule.says.en}: {rule.remedy.en}")
        if rule.columns or rule.seen:
            console.print(f"    列 column {escape('|'.join(rule.columns))}  所见 seen {escape(rule.seen)}")
    table = _table("", "列 column", "报送的内容 as sent", "单位 unit")
    for cell in cells:
        if cell.text or cell.is_offending:
            table.add_row(
                "▶" if cell.is_offending else "", escape(cell.header), escape(cell.text or ""), cell.unit or ""
            )
    console.print(table)


def show_held_up(
    console: Console, refused: Sequence["Delivery"], blocks: Sequence["Block"], quarantine: "Quarantine"
) -> None:
    """Refused files and blocks, each with its reason and what to do."""
    _section(
        console,
        "拒收的文件 refused",
        [
            line
            for one in refused
            for line in (
                f"{one.feed}/{one.period}/{one.file_name}  {one.refusal_rule}",
                f"  {one.reason_zh}",
                f"  {one.reason_en}",
                f"  处理 to do: {quarantine.remedy(one.refusal_rule or '').zh}",
            )
        ],
        "red",
    )
    _section(
        console,
        "整批问题 blocks",
        [
            line
            for one in blocks
            for line in (
                f"{one.period}  {one.subject}  {one.check_id}  {one.rows_failing}/{one.rows_looked_at}  "
                + ("已豁免 waived" if one.waivers else "未发布 stops the month"),
                f"  {one.says.zh}；{one.remedy.zh}",
                f"  {one.says.en}: {one.remedy.en}",
                *(f"  豁免 waiver {waiver.waiver_id}：至 until {waiver.until}，{waiver.by}" for waiver in one.waivers),
            )
        ],
        "red",
    )
    if not refused and not blocks:
        console.print("没有退回的文件，也没有整批问题 no file is refused, nothing blocks")


def show_letters(console: Console, written: Sequence["WrittenLetter"]) -> None:
    """The workbooks that were written."""
    for one in written:
        console.print(
            f"[green]{escape(one.sender)}[/green]  更正 {one.set_aside} 行，提示 {one.warnings} 行，"
            f"退回 {one.refused} 个文件，整批问题 {one.blocks} 项  {escape(str(one.path))}"
        )
    console.print(
        "内含报送的原始内容，请只寄给该单位 (rows as sent: to that sender alone)"
        if written
        else "没有需要更正的内容 nothing to correct"
    )


def show_waiver(console: Console, waiver: "Waiver", contracts: "Mapping[str, Contract]") -> None:
    """A waiver that was just given or taken back, and what comes next."""
    show_waivers(console, [waiver], contracts)
    console.print("下一步 next: stm run")


def show_waivers(
    console: Console,
    waivers: Sequence["Waiver"],
    contracts: "Mapping[str, Contract]",
    is_saying_none: bool = False,
) -> None:
    """Waivers, one a line."""
    from orchestration.waivers import feed_of

    if not waivers:
        if is_saying_none:
            console.print("没有豁免 no waivers")
        return
    console.print("[bold]豁免 waivers[/bold]")
    table = _table("编号 no.", "规则 rule", "数据 feed", "期限 months", "由谁 by", "理由 why", "撤回 taken back")
    for one in waivers:
        table.add_row(
            str(one.waiver_id), one.rule_id, feed_of(one, contracts), f"{one.period} … {one.until}", escape(one.by),
            escape(one.why), escape(f"{one.end.by}：{one.end.why}") if one.end else "",
        )  # fmt: skip
    console.print(table)


def show_releases(console: Console, releases: "Sequence[ShelvedRelease]") -> None:
    """All releases, oldest month first; the current one is marked."""
    if not releases:
        console.print("还没有任何发布，请先运行 stm run。 nothing is published yet: stm run")
        return
    table = _table("", "发布 release", "状态 status", "时间 published at", "位置 path")
    for one in releases:
        at = one.release.published_at
        table.add_row(
            "→" if one.is_current else "",
            one.release.release_id,
            one.release.status,
            at.isoformat(sep=" ", timespec="seconds") if at else "",
            escape(str(one.path)),
        )
    console.print(table)


def show_manifest(console: Console, manifest: "Manifest", path: Path) -> None:
    """What a release says of itself: the short form of its manifest."""
    outcomes = [check.outcome for check in manifest.checks]
    counted = ", ".join(f"{outcome} {outcomes.count(outcome)}" for outcome in sorted(set(outcomes)))
    console.print(f"[bold]{manifest.release_id}[/bold]  {escape(str(path))}")
    console.print(f"  时间 made at {manifest.made_at.isoformat(sep=' ', timespec='seconds')}")
    console.print(f"  程序 code {manifest.made_by.code_version[:12]}  规则 rules {manifest.made_by.rules_version[:12]}")
    console.print(f"  指纹 fingerprint {manifest.fingerprint[:12]}  检验 checks: {counted}")
    blocked = [month for month in manifest.months if month.status == "blocked"]
    _section(
        console,
        "未收入的月份 months left out",
        [line for month in blocked for line in _with_reasons(month.period, month.reasons)],
        "yellow",
    )
    _section(
        console,
        "声明的更正 declared corrections",
        [
            f"{one.correction_id}  {one.feed}/{one.period}  {one.row_key}  {one.column_name}: "
            f"{one.wrong} → {one.right}  {CORRECTION_OUTCOMES[one.outcome]}  "
            f"{one.reason}（{one.reported_by} {one.reported_on}）"
            for one in manifest.corrections
        ],
    )
    _section(
        console,
        "经豁免放行 waived",
        [
            line
            for month in manifest.months
            for one in month.waived
            for line in _with_reasons(f"{month.period}  {one.feed}  {one.check_id}  已豁免 waived", [one.reason])
        ],
        "yellow",
    )
    _section(
        console,
        "豁免 waivers",
        [
            f"{one.waiver_id or ''}  {one.rule_id}  {one.feed or '各类数据'}  {one.period} … {one.until}  "
            f"{one.by}：{one.why}"
            for one in manifest.waivers
        ],
        "yellow",
    )
    _section(
        console,
        f"来文 input files（{len(manifest.inputs)}）",
        [
            f"{one.feed}/{one.period}/{one.file_name}  {one.rows_data} 行  {one.status}"
            + (f"  {one.note_zh}" if one.note_zh else "")
            for one in manifest.inputs
            if one.period == manifest.period
        ],
    )
    _section(
        console,
        "文件 files",
        [f"{one.path}  {one.bytes:,} B  sha256 {one.sha256[:12]}" for one in manifest.files],
    )


def show_verifications(console: Console, found: "Sequence[Verification]") -> None:
    """What was verified, and everything that is not as it was published."""
    for one in found:
        mark = "[green]一致 sound[/green]" if one.is_sound else "[bold red]不一致 not sound[/bold red]"
        console.print(f"{mark}  {escape(one.subject)}  {escape(str(one.path))}")
        for problem in one.problems:
            console.print(f"    {escape(problem.zh)}\n    {escape(problem.en)}")


def show_corrections(console: Console, corrections: "Sequence[Correction]", outcomes: "Mapping[str, Outcome]") -> None:
    """All declared corrections, with what became of each in the last build."""
    if not corrections:
        console.print("没有声明的更正 no corrections declared")
        return
    table = _table(
        "编号 id",
        "数据 feed",
        "报告期",
        "主键 key",
        "列 column",
        "原值 wrong",
        "更正值 right",
        "状态 status",
        "原因 why",
    )
    for one in corrections:
        found = outcomes.get(one.correction_id)
        status = (
            f"已撤销 withdrawn：{one.withdrawn_by}，{one.withdrawn_why}"
            if one.status == "withdrawn"
            else CORRECTION_OUTCOMES[found.outcome]
            if found
            else "下次运行时应用 with the next run"
        )
        cells = (
            one.correction_id, one.feed, one.period, one.row_key, one.column_name, one.wrong, one.right, status,
            f"{one.reason}（{one.reported_by} {one.reported_on}）",
        )  # fmt: skip
        table.add_row(*map(escape, cells))
    console.print(table)


# More rows than a person reads on a screen stand in the workbook.
TRACED_ROWS = 40


def show_trace(console: Console, trace: "Trace", workbook: Path | None = None) -> None:
    """Where a figure comes from: what it is, the rows that give it, the rows that are not in it."""
    from orchestration.trace_tables import contribution_table, counting, facts, left_out_table

    for label, text in facts(trace):
        console.print(f"[bold]{label}[/bold]  {escape(text)}")
    rows = counting(trace.contributions)
    asked = len(trace.contributions) - len(rows)
    aside = f"；另有 {asked} 行看过而不计入" if asked else ""
    _show_traced(console, contribution_table("计入的行", f"计入的行 contributing rows：{len(rows)}{aside}", rows))
    if trace.prior_contributions:
        period, of_last_year = trace.prior.period, len(counting(trace.prior_contributions))
        console.print(
            f"[bold]上年同期 last year[/bold]  {period} 计入 {of_last_year} 行：stm trace --period {period} …"
        )
    if trace.left_out:
        table = left_out_table(trace)
        _show_traced(console, replace(table, title=f"未计入的行 rows left out：{len(trace.left_out)}"))
    if workbook:
        console.print(f"[green]已写成 written[/green]  {escape(str(workbook))}")
    if not trace.agrees:
        measures = "、".join(trace.disagreeing)
        show_stop(
            console,
            Sentence(
                f"所列各行复算的 {measures} 与已发布的数不一致。这不应发生：请勿使用该数，并报告维护人员。",
                f"The rows shown do not give the published {measures}. This must not happen: do not use the figure, "
                "and tell the maintainers.",
            ),
        )


def _show_traced(console: Console, table: "TraceTable") -> None:
    from orchestration.trace_tables import amount

    console.print(f"[bold]{escape(table.title)}[/bold]")
    # A column in which nothing stands takes no room.
    shown = [n for n in range(len(table.headings)) if any(row[n] not in (None, "") for row in table.rows)]
    printed = _table(*(table.headings[column][0] for column in shown))
    for row in table.rows[:TRACED_ROWS]:
        printed.add_row(*(escape(amount(row[n]) if isinstance(row[n], Decimal) else str(row[n] or "")) for n in shown))
    console.print(printed)
    if len(table.rows) > TRACED_ROWS:
        console.print(f"  … 另有 {len(table.rows) - TRACED_ROWS} 行 more rows: --xlsx FILE, --json")


def show_demo(console: Console, report: "DemoReport") -> None:
    """What the demo wrote, the faults put into it, and what to do next."""
    console.print(
        f"[bold]演示来文 demo[/bold]  {len(report.deliveries)} 件 deliveries，{_listed(list(report.periods))}  "
        f"{escape(str(report.landing_dir))}"
    )
    console.print(
        f"  企业 enterprises {report.enterprises}，经营主体 entities {report.entities:,}，"
        f"项目 projects {report.projects}"
    )
    _section(
        console,
        "有意放入的问题 faults put in on purpose",
        [
            f"{one.feed}/{one.period}/{one.file_name} 第 {one.row_no} 行  {one.rule_id}  {one.message_zh}"
            for one in report.faults
        ],
        "yellow",
    )
    console.print("[bold cyan]下一步 next[/bold cyan]  stm run")


def show_bench(console: Console, report: "BenchReport") -> None:
    """What was measured: of each stage our line, then the yardstick's."""
    table = _table(
        "阶段 stage", "完成 done", "秒 s", "CPU 秒", "每秒 a second", "内存峰值 peak MB", "速度比 ratio", "要求 asked"
    )
    for one in report.results:
        stage = one.stage
        for name, measured, compared in (
            (f"{stage.label.zh} {stage.label.en}", one.ours, f"{one.ratio:.2f}（CPU {one.cpu_ratio:.2f}）"),
            (f"  标尺 yardstick: {stage.yardstick.zh} {stage.yardstick.en}", one.yardstick, ""),
        ):
            table.add_row(
                name,
                f"{measured.units:,} {stage.unit.zh} {stage.unit.en}",
                f"{measured.seconds:.2f}",
                f"{measured.cpu_seconds:.2f}",
                f"{measured.rate:,.0f}",
                f"{measured.peak_mb:,}",
                compared,
                f"{stage.asked.zh} {stage.asked.en}" if compared else "",
            )
    console.print(table)
    console.print(
        f"速度比＝本程序每秒 ÷ 标尺每秒；各测 {report.repeat} 次取最快，{report.cores} 核 "
        f"(ratio: our rate / the yardstick's; best of {report.repeat}, {report.cores} cores)"
    )


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table

"""`stm`, the command line: parses, calls what the jobs call, prints. Thin.

A command belongs here with its options and its words; what it does belongs elsewhere. Imports that cost time stand
inside the commands, so that `stm release list` or a run with nothing new does not wait for Dagster. Exit status: 0
done, 1 a month asked for was stopped, 2 misuse, 3 failed.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from orchestration.report import ExitCode, RunReport, Sentence
from orchestration.screen import (
    ScreenProgress,
    make_console,
    show_bench,
    show_corrections,
    show_demo,
    show_findings,
    show_held_up,
    show_letters,
    show_manifest,
    show_releases,
    show_report,
    show_row,
    show_set_aside,
    show_stop,
    show_trace,
    show_verifications,
    show_waiver,
    show_waivers,
)
from orchestration.settings import DBT_PROJECT_DIR, Settings, dotenv_names, load_settings
from orchestration.stops import Misuse, Stop

if TYPE_CHECKING:
    from orchestration.corrections import Outcome
    from orchestration.publication.shelf import ShelvedRelease, Verification
    from orchestration.quarantine import Quarantine
    from orchestration.state import Correction, NewCorrection, State


# What of a row, and of a refused file, programs get.
_ROW_FIELDS = ("row_ref", "period", "feed", "file", "sheet", "row_no", "row_key")
_REFUSED_FIELDS = ("period", "feed", "file_name", "sender", "refusal_rule", "reason_zh", "reason_en")


class Scale(StrEnum):
    """How large a demo is, or what is measured."""

    COUNTY = "county"
    PROVINCE = "province"


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="特色专业镇监测仓库：来文进，经检验的发布出。 Deliveries in, judged releases out.",
)
release_app = typer.Typer(no_args_is_help=True, help="发布 releases：列出、查看、核验。")
quarantine_app = typer.Typer(
    no_args_is_help=True, help="搁置的行、退回的文件、豁免 rows set aside, refused files, waivers。"
)
app.add_typer(release_app, name="release")
correction_app = typer.Typer(no_args_is_help=True, help="声明的更正 declared corrections：登记、列出、撤销、导入。")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(correction_app, name="correction")


def _period(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        raise typer.BadParameter(f"{value!r} 不是报告期；请写成 2024-03 这样 (not a period; write it like 2024-03)")
    return value


PeriodOption = Annotated[
    str | None, typer.Option("--period", help="只处理这个报告期 (this month alone), YYYY-MM", callback=_period)
]
FromOption = Annotated[str | None, typer.Option("--from", help="起始月 (first month)", callback=_period)]
ToOption = Annotated[str | None, typer.Option("--to", help="截止月 (last month)", callback=_period)]
JsonOption = Annotated[bool, typer.Option("--json", help="供程序读取 (for programs)")]


@app.command("run")
def run_command(
    period: PeriodOption = None, first: FromOption = None, last: ToOption = None, is_json: JsonOption = False
) -> None:
    """读入来文，建表，检验，发布。 Ingest, build, judge, publish."""
    _run(period, first, last, is_json, is_publishing=True)


@app.command("check")
def check_command(
    period: PeriodOption = None, first: FromOption = None, last: ToOption = None, is_json: JsonOption = False
) -> None:
    """同 run，但不发布。 Everything but publishing."""
    _run(period, first, last, is_json, is_publishing=False)


def _run(period: str | None, first: str | None, last: str | None, is_json: bool, *, is_publishing: bool) -> NoReturn:
    if period and (first or last):
        raise typer.BadParameter("--period 与 --from/--to 只能用一种 (use either --period or --from and --to)")
    if (first is None) != (last is None):
        raise typer.BadParameter("--from 与 --to 须一起给出 (--from and --to go together)")
    from orchestration.build import Request
    from orchestration.run import run

    request = Request(first=period or first, last=period or last, is_publishing=is_publishing)
    report = run(load_settings(), request, ScreenProgress(make_console(is_stderr=True)))
    _show(report, is_json)
    raise typer.Exit(report.exit_code)


def _show(report: RunReport, is_json: bool) -> None:
    if is_json:
        _print_json(report.as_json())
    else:
        show_report(make_console(), report)


@release_app.command("list")
def release_list_command(is_json: JsonOption = False) -> None:
    """所有发布，按报告期。 All releases, by month."""
    from orchestration.publication.shelf import list_releases

    with _state() as (settings, state):
        releases = list_releases(settings.published_dir, state)
    if is_json:
        _print_json([_plain_release(one) for one in releases])
    else:
        show_releases(make_console(), releases)


@release_app.command("show")
def release_show_command(
    release_id: Annotated[str | None, typer.Argument(help="如 (as) 2024-03-r1；缺省为当前发布 (current)")] = None,
    is_json: JsonOption = False,
) -> None:
    """一次发布的来源、检验和文件。 What a release was made of, what was checked, which files it has."""
    from orchestration.publication.shelf import find_release, show_release

    with _state() as (settings, state):
        manifest = show_release(settings.published_dir, state, release_id)
        path = find_release(settings.published_dir, state, release_id).path
    if is_json:
        _print_json(manifest.model_dump(mode="json"))
    else:
        show_manifest(make_console(), manifest, path)


@release_app.command("verify")
def release_verify_command(
    release_id: Annotated[str | None, typer.Argument(help="如 (as) 2024-03-r1；缺省为当前发布 (current)")] = None,
    is_all: Annotated[bool, typer.Option("--all", help="全部发布 (all releases)")] = False,
    is_json: JsonOption = False,
) -> None:
    """发布是否仍与发布时一致。 Whether releases are still what was published."""
    from orchestration.publication.shelf import verify, verify_all

    if release_id and is_all:
        raise typer.BadParameter("发布编号与 --all 只能用一种 (use either a release id or --all)")
    with _state() as (settings, state):
        found = (
            verify_all(settings.published_dir, state) if is_all else verify(settings.published_dir, state, release_id)
        )
    if is_json:
        _print_json([_plain_verification(one) for one in found])
    else:
        show_verifications(make_console(), found)
    raise typer.Exit(ExitCode.DONE if all(one.is_sound for one in found) else ExitCode.FAILED)


@app.command("trace")
def trace_command(
    period: Annotated[str, typer.Option("--period", help="报告期 (month), YYYY-MM", callback=_period)],
    town: Annotated[str, typer.Option(help="专业镇，代码或名称；全市为 all (town; all is the whole city)")],
    indicator: Annotated[str, typer.Option(help="指标，代码或名称 (indicator)")],
    breakdown: Annotated[str | None, typer.Option(help="分组；缺省为合计 (part; else the whole)")] = None,
    release_id: Annotated[
        str | None, typer.Option("--release", help="如 (as) 2024-03-r1；缺省为当前发布 (current)")
    ] = None,
    is_json: JsonOption = False,
    xlsx: Annotated[Path | None, typer.Option(help="写成这个工作簿 (write this workbook)")] = None,
) -> None:
    """从一个已发布的数追到文件、表、行和单元格。 From a published number to the cells that it came from."""
    from orchestration.trace import Question, Tracer
    from sources.contract import load_contracts

    if is_json and xlsx:
        raise typer.BadParameter("--json 与 --xlsx 只能用一种 (use either --json or --xlsx)")
    with (
        _state() as (settings, state),
        Tracer(
            release_id,
            published_dir=settings.published_dir,
            raw_dir=settings.raw_dir,
            state=state,
            contracts=load_contracts(),
        ) as tracer,
    ):
        found = tracer.trace(Question(period, town, indicator, breakdown))
    if is_json:
        _print_json(found.as_json())
    else:
        if xlsx:
            from orchestration.trace_workbook import write_trace

            write_trace(found, xlsx)
        show_trace(make_console(), found, xlsx)
    raise typer.Exit(ExitCode.DONE if found.agrees else ExitCode.FAILED)


@app.command("demo")
def demo_command(
    months: Annotated[int, typer.Option(min=1, help="月数 (how many months)")] = 18,
    scale: Annotated[Scale, typer.Option(help="规模 (size)")] = Scale.COUNTY,
    entities: Annotated[
        int | None, typer.Option(min=1, help="登记库户数，代替规模 (rows in the register, instead of the scale)")
    ] = None,
    is_only_if_empty: Annotated[
        bool, typer.Option("--if-empty", help="已有来文则什么也不写 (write nothing if there are deliveries)")
    ] = False,
    is_json: JsonOption = False,
) -> None:
    """写入一座虚构城市的来文。 Write the deliveries of a fictitious city."""
    from sources.demo import DemoError, write_demo

    settings = load_settings()
    landing = settings.landing_dir
    if is_only_if_empty and landing.is_dir() and any(landing.iterdir()):
        make_console().print(f"已有来文，不写演示数据 (there are deliveries already): {landing}")
        return
    try:
        report = write_demo(landing, months=months, scale=scale.value, entities=entities)
    except DemoError as error:
        raise Stop(error.message_zh, error.message_en) from error
    if is_json:
        _print_json(report.as_json())
    else:
        show_demo(make_console(), report)


@app.command("dictionary")
def dictionary_command(
    out: Annotated[
        Path | None, typer.Option(help="写到这个文件；缺省为数据目录下的 data_dictionary.html (file to write)")
    ] = None,
    is_json: JsonOption = False,
) -> None:
    """数据字典：表、字段、指标、条款、规则、血缘；每次发布中也有。 The data dictionary, as of the warehouse."""
    from orchestration.publication.writers.data_dictionary import FILE_NAME, write_alone

    settings = load_settings()
    path = out or settings.data_dir / FILE_NAME
    write_alone(settings.warehouse_path, settings.manifest_path, path)
    if is_json:
        _print_json({"path": str(path)})
    else:
        make_console().print(f"数据字典 data dictionary: {path}", highlight=False)


@app.command("bench")
def bench_command(
    scale: Annotated[Scale, typer.Option(help="规模 (size)")] = Scale.COUNTY,
    repeat: Annotated[int, typer.Option(min=1, help="各测几次，取最快的 (how often; the best counts)")] = 3,
    keep: Annotated[
        Path | None, typer.Option(help="数据留在这个文件夹，下次再用 (folder in which the data stay)")
    ] = None,
    is_json: JsonOption = False,
) -> None:
    """各阶段与标尺对照测速。 Time every stage beside its yardstick, as ratios."""
    from orchestration.bench import STAGES, bench

    progress = ScreenProgress(make_console(is_stderr=True))
    report = bench(STAGES, scale=scale.value, repeat=repeat, keep_in=keep, progress=progress)
    if is_json:
        _print_json(report.as_json())
    else:
        show_bench(make_console(), report)


@app.command("doctor")
def doctor_command(is_json: JsonOption = False) -> None:
    """本机能否运行。 Whether this machine can run it."""
    from orchestration.doctor import examine

    settings = load_settings()
    findings = examine(settings)
    lines = settings.describe(dotenv_names())
    if is_json:
        _print_json({"findings": [asdict(one) for one in findings], "settings": [asdict(one) for one in lines]})
    else:
        show_findings(make_console(), findings, lines)
    raise typer.Exit(ExitCode.DONE if all(one.is_good for one in findings) else ExitCode.FAILED)


@quarantine_app.command("list")
def quarantine_list_command(period: PeriodOption = None, is_json: JsonOption = False) -> None:
    """搁置的行及其违反的规则。 Rows set aside, with every rule that they broke."""
    from orchestration.quarantine import SET_ASIDE
    from orchestration.waivers import in_force_in

    with _quarantine() as (_, state, quarantine):
        rows = quarantine.rows([period] if period else [], [SET_ASIDE])
        waivers = [one for one in state.waivers() if one.end is None]
        contracts = quarantine.contracts
    if is_json:
        _print_json(
            [
                {
                    **{name: getattr(row, name) for name in _ROW_FIELDS},
                    "rule_id": rule.rule_id,
                    "column_name": "|".join(rule.columns),
                    "seen": rule.seen,
                }
                for row in rows
                for rule in row.rules
            ]
        )
    else:
        show_set_aside(make_console(), rows)
        show_waivers(make_console(), in_force_in(waivers, [period]) if period else waivers, contracts)


@quarantine_app.command("show")
def quarantine_show_command(
    row: Annotated[
        str | None, typer.Argument(help="行的编号或主键；缺省为退回的文件和整批问题 (row; else files and blocks)")
    ] = None,
    period: PeriodOption = None,
    is_json: JsonOption = False,
) -> None:
    """一行的原样及全部原因，或退回的文件和整批问题。 One row as sent with every reason, or refused files and blocks."""
    from orchestration.sent_rows import masked

    periods = [period] if period else []
    with _quarantine() as (_, _, quarantine):
        if row is not None:
            sent = [(one, masked(cells)) for one, cells in quarantine.as_sent(quarantine.find(row, periods))]
        else:
            refused, blocks = quarantine.refused(periods), quarantine.blocks(periods)
    if row is not None:
        if is_json:
            _print_json([{**asdict(one), "cells": [asdict(cell) for cell in cells]} for one, cells in sent])
        else:
            for one, cells in sent:
                show_row(make_console(), one, cells)
    elif is_json:
        _print_json(
            {
                "refused": [
                    {
                        **{name: getattr(one, name) for name in _REFUSED_FIELDS},
                        "received_at": one.received_at.isoformat(),
                        "remedy": asdict(quarantine.remedy(one.refusal_rule or "")),
                    }
                    for one in refused
                ],
                "blocks": [asdict(one) for one in blocks],
            }
        )
    else:
        show_held_up(make_console(), refused, blocks, quarantine)


@quarantine_app.command("export")
def quarantine_export_command(
    period: PeriodOption = None,
    sender: Annotated[str | None, typer.Option(help="只给这个报送单位 (this sender alone)")] = None,
    out: Annotated[
        Path | None, typer.Option(help="写到这个文件夹；缺省为数据目录下的 quarantine (folder to write to)")
    ] = None,
    is_json: JsonOption = False,
) -> None:
    """每个报送单位一个工作簿，可直接寄回更正。 One workbook per sender, ready to be mailed back."""
    from orchestration.build import shanghai_now
    from orchestration.quarantine_workbook import letters, write_letters

    with _quarantine() as (settings, _, quarantine):
        written = write_letters(letters(quarantine, period, sender), out or settings.quarantine_dir, shanghai_now())
    if is_json:
        _print_json([{**asdict(one), "path": str(one.path)} for one in written])
    else:
        show_letters(make_console(), written)


ByOption = Annotated[str, typer.Option("--by", help="由谁决定 (who decided)")]
WhyOption = Annotated[str, typer.Option("--why", help="理由 (why)")]


@quarantine_app.command("waive")
def quarantine_waive_command(
    rule: Annotated[str, typer.Argument(help="规则编号 (rule), R-BATCH-006")],
    period: Annotated[str, typer.Option("--period", help="起始报告期 (first month covered)", callback=_period)],
    until: Annotated[str, typer.Option("--until", help="包括的最后一个报告期 (last month covered)", callback=_period)],
    by: ByOption,
    why: WhyOption,
    feed: Annotated[str | None, typer.Option(help="数据类别；缺省为全部 (feed; else all)")] = None,
    is_json: JsonOption = False,
) -> None:
    """豁免整批规则、退回的文件或缺报，到期自动失效。 Lift a block, a refused file or a missing feed."""
    from orchestration.build import shanghai_now
    from orchestration.state import NewWaiver
    from orchestration.waivers import read_rules, waive
    from sources.contract import load_contracts

    contracts = load_contracts()
    with _state() as (_, state):
        waiver = waive(
            NewWaiver(rule, period, until, feed, by, why),
            state=state,
            rules=read_rules(DBT_PROJECT_DIR / "seeds"),
            contracts=contracts,
            now=shanghai_now(),
        )
    if is_json:
        _print_json(asdict(waiver))
    else:
        show_waiver(make_console(), waiver, contracts)


@quarantine_app.command("unwaive")
def quarantine_unwaive_command(
    number: Annotated[int, typer.Argument(help="豁免编号 (number of the waiver): stm quarantine waivers")],
    by: ByOption,
    why: WhyOption,
    is_json: JsonOption = False,
) -> None:
    """撤回误给的豁免。 Take back a waiver that was a mistake."""
    from orchestration.build import shanghai_now
    from orchestration.waivers import take_back
    from sources.contract import load_contracts

    with _state() as (_, state):
        waiver = take_back(number, by=by, why=why, state=state, now=shanghai_now())
    if is_json:
        _print_json(asdict(waiver))
    else:
        show_waiver(make_console(), waiver, load_contracts())


@quarantine_app.command("waivers")
def quarantine_waivers_command(
    period: PeriodOption = None,
    is_all: Annotated[bool, typer.Option("--all", help="包括已撤回的 (those taken back too)")] = False,
    is_json: JsonOption = False,
) -> None:
    """登记的豁免：规则、期限、由谁、理由。 The waivers: rule, months, by whom, why."""
    from sources.contract import load_contracts

    with _state() as (_, state):
        waivers = [
            one
            for one in state.waivers()
            if (is_all or one.end is None) and (period is None or one.period <= period <= one.until)
        ]
    if is_json:
        _print_json([asdict(one) for one in waivers])
    else:
        show_waivers(make_console(), waivers, load_contracts(), is_saying_none=True)


@correction_app.command("add")
def correction_add_command(
    feed: Annotated[str, typer.Option(help="数据 (feed)")],
    key: Annotated[str, typer.Option(help="主键，如 stm quarantine list 所示 (as quarantine shows it)")],
    column: Annotated[str, typer.Option(help="列名，英文或中文 (column)")],
    period: Annotated[str, typer.Option(help="报告期 (month)", callback=_period)],
    wrong: Annotated[str, typer.Option(help="文件中的值 (what the file says)")],
    right: Annotated[str, typer.Option(help="应为，按文件的计量单位 (what it should say, in the file's unit)")],
    reason: Annotated[str, typer.Option("--reason", "--why", help="原因 (why)")],
    by: Annotated[str, typer.Option(help="报告人 (reported by)")],
    on: Annotated[str | None, typer.Option(help="报告日期，缺省为今天 (day, YYYY-MM-DD; today)")] = None,
    is_json: JsonOption = False,
) -> None:
    """登记一条更正：已知有误而报送单位来不及更正的单元格。 A known error of a source, corrected by a line of data."""
    from orchestration.build import shanghai_now
    from orchestration.state import NewCorrection

    line = NewCorrection(
        feed=feed, row_key=key, column_name=column, period=period, wrong=wrong, right=right, reason=reason,
        reported_by=by, reported_on=on or f"{shanghai_now():%Y-%m-%d}",
    )  # fmt: skip
    _declare([line], is_json)


@correction_app.command("import")
def correction_import_command(
    path: Annotated[Path, typer.Argument(help="表格文件，表头 feed key column period wrong right reason …")],
    is_json: JsonOption = False,
) -> None:
    """从表格登记更正，全部或全不。 Corrections from a table, all or none."""
    from orchestration.corrections import read_lines

    _declare(read_lines(path), is_json)


def _declare(lines: "list[NewCorrection]", is_json: bool) -> None:
    from orchestration.build import shanghai_now
    from orchestration.corrections import declare
    from sources.contract import load_contracts

    with _state() as (_, state):
        kept = declare(lines, load_contracts(), state, shanghai_now())
    _show_corrections(kept, {}, is_json)


@correction_app.command("list")
def correction_list_command(is_json: JsonOption = False) -> None:
    """所有更正及其结果。 All corrections, and what became of each."""
    from orchestration.corrections import outcomes_in

    with _state() as (settings, state):
        corrections = state.corrections()
        found = outcomes_in(settings.warehouse_path, corrections)
    _show_corrections(corrections, found, is_json)


@correction_app.command("withdraw")
def correction_withdraw_command(
    correction_id: Annotated[str, typer.Argument(help="如 (as) C-3")],
    by: Annotated[str, typer.Option(help="谁撤销 (who)")],
    why: Annotated[str, typer.Option(help="为何 (why)")],
    is_json: JsonOption = False,
) -> None:
    """撤销一条更正；记录保留。 End a correction; its record stays."""
    from orchestration.build import shanghai_now

    number = re.fullmatch(r"C-(\d+)", correction_id.strip(), re.IGNORECASE)
    with _state() as (_, state):
        ended = state.withdraw_correction(int(number[1]), shanghai_now(), by=by, why=why) if number else None
    if ended is None:
        raise Misuse(
            f"没有有效的更正 {correction_id!r}；请用 stm correction list 查看。",
            f"There is no correction {correction_id!r} in force; see stm correction list.",
        )
    _show_corrections([ended], {}, is_json)


def _show_corrections(corrections: "Sequence[Correction]", outcomes: "Mapping[str, Outcome]", is_json: bool) -> None:
    if is_json:
        from dataclasses import asdict

        _print_json(
            [
                {
                    "correction_id": one.correction_id,
                    **asdict(one),
                    "outcome": outcomes[one.correction_id].outcome if one.correction_id in outcomes else None,
                    "cell": outcomes[one.correction_id].cell if one.correction_id in outcomes else None,
                }
                for one in corrections
            ]
        )
    else:
        show_corrections(make_console(), corrections, outcomes)


@contextmanager
def _state() -> "Iterator[tuple[Settings, State]]":
    """Settings and the state store, for commands that only read them."""
    from orchestration.state import State

    settings = load_settings()
    with State(settings.state_dir) as state:
        yield settings, state


@contextmanager
def _quarantine() -> "Iterator[tuple[Settings, State, Quarantine]]":
    """The same, and what is held up."""
    from orchestration.quarantine import Quarantine
    from orchestration.waivers import read_rules
    from sources.contract import load_contracts

    with _state() as (settings, state):
        yield (
            settings,
            state,
            Quarantine(
                warehouse_path=settings.warehouse_path,
                raw_dir=settings.raw_dir,
                state=state,
                contracts=load_contracts(),
                rules=read_rules(DBT_PROJECT_DIR / "seeds"),
            ),
        )


def _plain_release(one: "ShelvedRelease") -> dict[str, Any]:
    release = one.release
    return {
        "release_id": release.release_id,
        "period": release.period,
        "status": release.status,
        "published_at": release.published_at.isoformat() if release.published_at else None,
        "is_current": one.is_current,
        "path": str(one.path),
    }


def _plain_verification(one: "Verification") -> dict[str, Any]:
    return {
        "subject": one.subject,
        "path": str(one.path),
        "files": one.files,
        "is_sound": one.is_sound,
        "problems": [{"zh": problem.zh, "en": problem.en} for problem in one.problems],
    }


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def main() -> None:
    """The entry point. A `Stop` is told in its own words; nothing else is caught, for a bug must show itself."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets question marks, never a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except Misuse as stop:
        show_stop(make_console(is_stderr=True), Sentence(stop.message_zh, stop.message_en))
        sys.exit(ExitCode.MISUSE)
    except Stop as stop:
        show_stop(make_console(is_stderr=True), Sentence(stop.message_zh, stop.message_en))
        sys.exit(ExitCode.FAILED)


if __name__ == "__main__":
    main()

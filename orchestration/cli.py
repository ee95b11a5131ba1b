"""`stm`, the command line: parses, calls what the jobs call, prints. Thin.

A command belongs here with its options and its words; what it does belongs elsewhere. Imports that cost time stand
inside the commands, so that `stm release list` or a run with nothing new does not wait for Dagster. Exit status: 0
done, 1 a month asked for was stopped, 2 misuse, 3 failed.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from orchestration.report import ExitCode, RunReport, Sentence
from orchestration.screen import (
    ScreenProgress,
    make_console,
    show_findings,
    show_report,
    show_set_aside,
    show_stop,
)
from orchestration.settings import Settings, dotenv_names, load_settings
from orchestration.stops import Stop

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="特色专业镇监测仓库：来文进，经检验的发布出。 Deliveries in, judged releases out.",
)
release_app = typer.Typer(no_args_is_help=True, help="发布 releases：列出、查看、核验。")
quarantine_app = typer.Typer(no_args_is_help=True, help="搁置的行 rows set aside。")
app.add_typer(release_app, name="release")
app.add_typer(quarantine_app, name="quarantine")


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


@app.command("demo")
def demo_command(
    months: Annotated[int, typer.Option(min=1, max=60, help="月数 (how many months)")] = 18,
    scale: Annotated[str, typer.Option(help="county 或 (or) province")] = "county",
    is_json: JsonOption = False,
) -> None:
    """写入一座虚构城市的来文。 Write the deliveries of a fictitious city."""


@app.command("doctor")
def doctor_command(is_json: JsonOption = False) -> None:
    """本机能否运行。 Whether this machine can run it."""
    from dataclasses import asdict

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
    from dataclasses import asdict, replace

    from orchestration.warehouse_glance import rows_set_aside
    from sources.contract import load_contracts

    settings = load_settings()
    personal = {
        (feed, column.name)
        for feed, contract in load_contracts().items()
        for column in contract.columns
        if column.is_personal
    }
    rows = [
        replace(row, seen="（个人信息，不显示 personal, not shown）") if (row.feed, row.column_name) in personal else row
        for row in rows_set_aside(settings.warehouse_path, [period] if period else [])
    ]
    if is_json:
        _print_json([asdict(row) for row in rows])
    else:
        show_set_aside(make_console(), rows)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def main() -> None:
    """The entry point. A `Stop` is told in its own words; nothing else is caught, for a bug must show itself."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets question marks, never a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except Stop as stop:
        show_stop(make_console(is_stderr=True), Sentence(stop.message_zh, stop.message_en))
        sys.exit(ExitCode.FAILED)


if __name__ == "__main__":
    main()

"""The ledgers of the leading group's office. So far the one of projects; the others will be further entries
of the plan.

Belongs here: columns, titles, 合计 and the warning of the last month. Does not belong here: the course of a
project (`projects.py`).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from sources.demo.families import Written
from sources.demo.months import month_of, number_of, period_of, sent_at, year_of
from sources.demo.projects import Project, projects
from sources.demo.report import DemoFault
from sources.demo.scenario import Delivery, Scenario, compact
from sources.demo.sheets import Cell, OfficeSheet, signatures

PROJECTS_FEED = "ledger_projects"

_SENDER = "市专业镇发展领导小组办公室"
_HEADERS = (
    "项目编号",
    "项目名称",
    "所属专业镇",
    "建设单位",
    "统一社会信用代码",
    "项目类型",
    "总投资(万元)",
    "本年计划投资",
    "本月完成投资",
    "本年完成投资",
    "开工以来累计完成投资",
    "计划开工日期",
    "实际开工日期",
    "计划竣工日期",
    "实际竣工日期",
    "项目阶段",
    "形象进度",
    "责任单位",
    "属地",
    "存在问题",
    "设计产能",
)
_BEFORE_AMOUNTS = 6


def planned(scenario: Scenario) -> list[Delivery]:
    """One project ledger a month."""
    plan = []
    for month in scenario.months:
        chance = scenario.rng("ledgers", month)
        sent = sent_at(month, chance.randint(4, 7), chance)
        plan.append(Delivery(PROJECTS_FEED, period_of(month), f"专业镇项目台账_{compact(month)}.xlsx", _SENDER, sent))
    return plan


def write(scenario: Scenario, plan: Sequence[Delivery], place: Callable[[Delivery], Path]) -> Written:
    """Writes the ledgers."""
    written = Written()
    listed = projects(scenario)
    for delivery in plan:
        _write_projects(scenario, delivery, place(delivery), listed, written)
    return written


def _write_projects(
    scenario: Scenario, delivery: Delivery, path: Path, listed: Sequence[Project], written: Written
) -> None:
    month = month_of(delivery.period)
    sheet = OfficeSheet(
        path,
        title=f"{scenario.city.name}专业镇项目台账（{year_of(month)}年{number_of(month)}月）",
        made_by=f"{scenario.city.name}专业镇发展领导小组办公室",
        unit_line="计量单位：万元",
        headers=_HEADERS,
    )
    rows = [project for project in listed if project.listed_from <= month]
    totals = [Decimal(0)] * 5
    for project in rows:
        amounts = _amounts(project, month)
        totals = [so_far + amount for so_far, amount in zip(totals, amounts, strict=True)]
        row_no = sheet.add(_row(project, month, amounts))
        if project.completed(month) > project.total:
            written.faults.append(_above_total(delivery, row_no, project, month))
    sheet.add(["合计", *[None] * (_BEFORE_AMOUNTS - 1), *totals])
    sheet.close(signatures(delivery.sent_at.date()))
    written.rows[delivery] = len(rows)


def _amounts(project: Project, month: int) -> tuple[Decimal, ...]:
    return (
        project.total,
        project.planned_year(month),
        project.completed_month(month),
        project.completed_ytd(month),
        project.completed(month),
    )


def _row(project: Project, month: int, amounts: Sequence[Decimal]) -> list[Cell]:
    done_pct = int(100 * project.completed(month) / project.total)
    return [
        project.project_id,
        project.name,
        project.town.name,
        project.owner,
        project.owner_code,
        project.kind,
        *amounts,
        project.planned_start_on,
        project.started_on(month),
        project.planned_finish_on,
        project.finished_on(month),
        project.stage(month),
        f"完成总投资的{done_pct}%" if done_pct else "前期手续办理中",
        project.responsible_unit,
        project.township,
        project.problems or None,
        project.capacity,
    ]


def _above_total(delivery: Delivery, row_no: int, project: Project, month: int) -> DemoFault:
    return DemoFault(
        feed=delivery.feed,
        period=delivery.period,
        file_name=delivery.file_name,
        row_no=row_no,
        row_key=project.project_id,
        column_zh="开工以来累计完成投资",
        seen=f"{project.completed(month)} > {project.total}",
        rule_id="R-PROJ-007",
        severity="warn",
        message_zh="一个项目的累计完成投资大于总投资：照常使用，并加标记",
        message_en="one project's completed investment is above its total: used, and marked",
    )

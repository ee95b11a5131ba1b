"""The ledger of projects: its columns, and the warning of the last month.

Does not belong here: the course of a project (`projects.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sources.demo.ledger_book import Ledger, Slip
from sources.demo.projects import Project, projects
from sources.demo.scenario import Scenario
from sources.demo.sheets import Cell

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


@dataclass(frozen=True)
class _Listed:
    """A project as an entry of the ledger."""

    project: Project

    def row(self, month: int) -> Sequence[Cell] | None:
        project = self.project
        if project.listed_from > month:
            return None
        done_pct = int(100 * project.completed(month) / project.total)
        return [
            project.project_id,
            project.name,
            project.town.name,
            project.owner,
            project.owner_code,
            project.kind,
            project.total,
            project.planned_year(month),
            project.completed_month(month),
            project.completed_ytd(month),
            project.completed(month),
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

    def slip(self, month: int) -> Slip | None:
        completed = self.project.completed(month)
        if completed <= self.project.total:
            return None
        return Slip(
            column_zh="开工以来累计完成投资",
            seen=f"{completed} > {self.project.total}",
            rule_id="R-PROJ-007",
            severity="warn",
            message_zh="一个项目的累计完成投资大于总投资：照常使用，并加标记",
            message_en="one project's completed investment is above its total: used, and marked",
        )


def _entries(scenario: Scenario) -> list[_Listed]:
    return [_Listed(project) for project in projects(scenario)]


LEDGER = Ledger(
    feed="ledger_projects",
    name_zh="专业镇项目台账",
    unit="万元",
    headers=_HEADERS,
    entries=_entries,
    summed=_HEADERS[6:11],
)

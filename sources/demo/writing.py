"""`write_demo`: the one thing that the rest of the project asks of the demo.

Belongs here: what may be asked for, and the order of the steps. Does not belong here: anything about one
feed.
"""

from pathlib import Path
from typing import Literal

from sources.demo import ledgers, registration, statistics
from sources.demo.city import read_city
from sources.demo.families import Family, Written
from sources.demo.landing_area import add_receipts, move_in, refuse_other_files, staging
from sources.demo.months import month_of, period_of
from sources.demo.projects import projects
from sources.demo.report import DemoDelivery, DemoReport
from sources.demo.scenario import COUNTY_ENTITIES, PROVINCE_ENTITIES, Delivery, Scenario
from sources.demo.stop import DemoError

Scale = Literal["county", "province"]

#: The feed families, each a module; another one is another entry.
FAMILIES: tuple[Family, ...] = (registration, statistics, ledgers)

_ENTITIES: dict[Scale, int] = {"county": COUNTY_ENTITIES, "province": PROVINCE_ENTITIES}
# Beyond it the towns would have been founded within the demo.
_MOST_MONTHS = 60


def write_demo(
    landing_dir: Path,
    *,
    months: int = 18,
    last_period: str = "2024-06",
    scale: Scale = "county",
    seed: int = 141082,
    entities: int | None = None,
) -> DemoReport:
    """Writes the fictitious city's deliveries of `months` months up to `last_period` into `landing_dir`.

    `scale`: 3,000 rows in the register and 48 reporting enterprises, or 1,000 times as many; `entities` asks
    for another number of rows, with enterprises in proportion. The same arguments give the same bytes. The
    last month holds five rows that are set aside and two that warn (four set aside when it is a January, which
    has no return); all other months are sound.

    DemoError, with nothing written, when an argument is out of range or `landing_dir` holds files that are
    not this demo's. Files that are there already with the same bytes are kept.
    """
    scenario = _scenario(months, last_period, scale, seed, entities)
    plans: list[tuple[Family, list[Delivery]]] = [(family, family.planned(scenario)) for family in FAMILIES]
    refuse_other_files(landing_dir, (delivery for _, plan in plans for delivery in plan))
    with staging(landing_dir) as folder:
        written = Written()

        def place(delivery: Delivery) -> Path:
            path = folder / delivery.path
            path.parent.mkdir(parents=True, exist_ok=True)
            return path

        for family, plan in plans:
            one = family.write(scenario, plan, place)
            written.rows.update(one.rows)
            written.faults.extend(one.faults)
        add_receipts(folder, written.rows)
        files_written, files_kept = move_in(folder, landing_dir)
    return _report(scenario, landing_dir, written, files_written, files_kept)


def _scenario(months: int, last_period: str, scale: Scale, seed: int, entities: int | None) -> Scenario:
    last = month_of(last_period)
    if not 1 <= months <= _MOST_MONTHS:
        raise DemoError(
            f"月数应为 1 到 {_MOST_MONTHS}，现为 {months}",
            f"months must be 1 to {_MOST_MONTHS}, not {months}",
        )
    if scale not in _ENTITIES:
        raise DemoError(
            f"规模 {scale!r} 无法识别；请写 county（县级）或 province（省级）",
            f"unknown scale {scale!r}; it is county or province",
        )
    return Scenario(
        city=read_city(),
        months=tuple(range(last - months + 1, last + 1)),
        entities=_ENTITIES[scale] if entities is None else entities,
        seed=seed,
    )


def _report(scenario: Scenario, landing_dir: Path, written: Written, files_written: int, files_kept: int) -> DemoReport:
    told = {
        delivery: DemoDelivery(delivery.feed, delivery.period, delivery.file_name, delivery.sent_at, rows)
        for delivery, rows in written.rows.items()
    }
    late_period = period_of(scenario.late_month) if scenario.late_month is not None else None
    return DemoReport(
        landing_dir=landing_dir,
        periods=tuple(period_of(month) for month in scenario.months),
        towns=tuple(town.name for town in scenario.city.towns),
        enterprises=sum(scenario.enterprises_of(town) for town in scenario.city.towns),
        entities=scenario.entities,
        projects=len(projects(scenario)),
        deliveries=tuple(told.values()),
        faults=tuple(written.faults),
        late=next(
            (
                one
                for delivery, one in told.items()
                if delivery.feed == statistics.PRODUCT_FEED and delivery.period == late_period
            ),
            None,
        ),
        correction=next((one for delivery, one in told.items() if delivery.is_correction), None),
        files_written=files_written,
        files_kept=files_kept,
    )

"""The year-end projection of `target_progress`, made again in each month of a past year and held against its end.

Knows what the model must be given for that, and how errors are counted. The projection is computed in the model alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import chain
from pathlib import Path
from shutil import copy
from typing import Literal

import duckdb

from orchestration.settings import Settings
from tests.dbt_command import dbt, set_apart

YEAR = 2023
# The second reading of every series: a year of which nothing is known but what has come so far.
FIRST_YEAR = "（首年）"

# The flows of the two returns, which give 上年同期: per town and `all`, a quantity in its own town alone (the city's
# is the same figure). A series that ends at nothing has no error in per cent.
_SERIES = f"""
    create temp table series as
    select figures.*
    from indicator_monthly as figures
    inner join indicator_list as indicators on figures.indicator_code = indicators.indicator_code
    where
        indicators.nature = 'flow' and indicators.prior_source = 'return'
        and figures.period like '{YEAR}-%'
        and (figures.breakdown = 'all' or figures.town_code <> 'all')
    qualify
        max(figures.value_ytd) filter (where figures.period = '{YEAR}-12') over (
            partition by figures.town_code, figures.indicator_code, figures.breakdown
        ) > 0
"""

# The December of the year before, as this year's December return tells it; the series once more without it; and a
# target for each, whose size matters to the light and the outlook alone.
_GIVEN = f"""
    insert into int_periods by name
        select
            '{YEAR - 1}-12' as period, {YEAR - 1} as year, 12 as month, date '{YEAR - 1}-12-01' as month_start_on,
            date '{YEAR - 1}-12-31' as month_end_on;
    insert into indicator_monthly by name
        select * replace (breakdown || '{FIRST_YEAR}' as breakdown) from series;
    insert into indicator_monthly by name
        select * replace ('{YEAR - 1}-12' as period, value_ytd_prior as value_ytd, null as value_ytd_prior)
        from series where period = '{YEAR}-12';
    delete from target_list;
    insert into target_list by name
        select distinct
            town_code || '/' || indicator_code || '/' || breakdown as target_id, {YEAR} as year, town_code,
            indicator_code, breakdown, 'value_ytd' as measure, 'at_least' as direction, 1 as target_value
        from indicator_monthly
        where period = '{YEAR}-12'
            and exists (
                select 1 from series
                where series.town_code = indicator_monthly.town_code
                    and series.indicator_code = indicator_monthly.indicator_code
                    and indicator_monthly.breakdown in (series.breakdown, series.breakdown || '{FIRST_YEAR}')
            )
"""


@dataclass(frozen=True)
class Projection:
    """What one month projected for the end of one series, and that end; `is_first_year`: without last year's course."""

    town_code: str
    indicator_code: str
    indicator_name: str
    is_first_year: bool
    month: int
    point: Decimal
    low: Decimal
    high: Decimal
    end: Decimal

    @property
    def error_pct(self) -> Fraction:
        """How far the point is above the true end (below: negative), in per cent of it."""
        return 100 * (Fraction(self.point) / Fraction(self.end) - 1)

    @property
    def is_covered(self) -> bool:
        """Whether the true end is inside the interval."""
        return self.low <= self.end <= self.high


def projections(settings: Settings, folder: Path, project: Path) -> list[Projection]:
    """All projections of the year from February on, by `target_progress` itself in a copy of the warehouse.

    The warehouse of `settings` holds the year's indicators; dbt runs in `folder`, on `project`.
    """
    warehouse = folder / "warehouse.duckdb"
    copy(settings.warehouse_path, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(_SERIES)
        connection.execute(_GIVEN)
    dbt(folder, "run", "--select", "int_target_parts", "target_progress", project=project)
    return _read(set_apart(folder, "back_test"))


def _read(warehouse: Path) -> list[Projection]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.sql(
            f"""
            select
                progress.town_code, progress.indicator_code, indicators.name_zh,
                progress.target_id like '%{FIRST_YEAR}', cast(right(progress.period, 2) as integer),
                progress.projected_year_end, progress.projection_low, progress.projection_high, ends.actual_value
            from target_progress as progress
            inner join target_progress as ends
                on progress.target_id = ends.target_id and ends.period = '{YEAR}-12'
            inner join indicator_list as indicators on progress.indicator_code = indicators.indicator_code
            order by progress.target_id, progress.period
            """
        ).fetchall()
    return [Projection(*row) for row in rows]


def _rounded(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    # Plus nothing: what is rounded to 0 has no sign.
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP) + 0:f}"


def _cells(some: Iterable[Projection]) -> list[str]:
    """Mean absolute error, mean error and largest absolute error in per cent; projections covered, of how many."""
    some = list(some)
    errors = [one.error_pct for one in some]
    covered = sum(one.is_covered for one in some)
    return [
        _rounded(sum(map(abs, errors), Fraction()) / len(errors)),
        _rounded(sum(errors, Fraction()) / len(errors)),
        _rounded(max(map(abs, errors))),
        f"{covered}/{len(some)}",
    ]


def table(some: Iterable[Projection], name: Literal["indicator_code", "indicator_name"], total: str) -> str:
    """Lines of a table: a month or an indicator, the four cells with last year's course, the four without it.

    `name` is what indicators are called, `total` the last line. December, which projects nothing, counts nowhere.
    """
    asked = [one for one in some if one.month < 12]
    groups: Mapping[str, list[Projection]] = defaultdict(list)
    for one in asked:
        groups[f"{YEAR}-{one.month:02d}"].append(one)
    for one in asked:
        groups[getattr(one, name)].append(one)
    groups[total].extend(asked)
    return "\n".join(_line(title, group) for title, group in groups.items())


def _line(title: str, group: list[Projection]) -> str:
    readings = (_cells(one for one in group if one.is_first_year is is_first_year) for is_first_year in (False, True))
    return f"| {' | '.join([title, *chain.from_iterable(readings)])} |"

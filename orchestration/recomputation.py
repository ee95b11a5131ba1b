"""A figure computed anew from what contributed to it: the sums that a person would do with the rows on the table.

Exact (fractions, rounded once at the end, halves away from zero), and apart from the SQL that made the figure: the two
must agree. Which computation an indicator has is data (`indicator_catalogue`); a new one is an entry of `COMPUTATIONS`.
Does not belong here: where the contributions come from (`trace.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from orchestration.report import Sentence


class Amounts(Protocol):
    """What one row gives to a figure; an amount that is None is missing, which is not 0."""

    @property
    def is_in_month(self) -> bool:
        """It counts for the month."""
        ...

    @property
    def is_in_year(self) -> bool:
        """It counts for the year to date."""
        ...

    @property
    def value(self) -> Decimal | None:
        """What it gives to the month."""
        ...

    @property
    def value_ytd(self) -> Decimal | None:
        """What it gives to the year to date."""
        ...

    @property
    def value_ytd_prior(self) -> Decimal | None:
        """What it gives to the same months of last year, as its return says."""
        ...

    @property
    def base(self) -> Decimal | None:
        """What a rate divides by, or weighs with."""
        ...


@dataclass(frozen=True)
class Figures:
    """The three figures of a cell; None is no figure."""

    value: Decimal | None
    value_ytd: Decimal | None
    value_ytd_prior: Decimal | None


@dataclass(frozen=True)
class Computation:
    """How amounts make a figure. `of_month`, `of_year` get the rows that count there; never none of all rows.

    `is_zero_without_rows`: a ledger or a register without a row says 0.
    """

    formula: Sentence
    of_month: Callable[[Sequence[Amounts]], Decimal | None]
    of_year: Callable[[Sequence[Amounts]], Decimal | None]
    is_zero_without_rows: bool = False


# More than this many times the first figure is no change of a city: the warehouse then says a billion per cent.
_ENDLESS, _ENDLESS_PCT = 10_000_000, 1_000_000_000


def recompute(computation: Computation, rows: Sequence[Amounts], *, of_no_row: Decimal | None) -> Figures:
    """The figures of a cell from its rows; `value_ytd_prior` is what the rows themselves say of last year.

    `of_no_row` stands where nothing at all contributed.
    """
    if not rows:
        return Figures(of_no_row, of_no_row, None)
    in_year = [row for row in rows if row.is_in_year]
    return Figures(
        computation.of_month([row for row in rows if row.is_in_month]),
        computation.of_year(in_year),
        total(row.value_ytd_prior for row in in_year),
    )


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Their sum without what is missing; None if all are."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def rounded(number: Fraction, places: int) -> Decimal:
    """Rounded to decimal places, halves away from zero."""
    whole = (abs(number) * 10**places * 2 + 1) // 2
    return Decimal(whole if number >= 0 else -whole).scaleb(-places)


def _sum(amount: str) -> Callable[[Sequence[Amounts]], Decimal | None]:
    def of(rows: Sequence[Amounts]) -> Decimal | None:
        # Where rows contribute, but none of them here, that is 0; where all of them leave the cell empty it is missing.
        return total(getattr(row, amount) for row in rows) if rows else Decimal(0)

    return of


def _quotient(dividend: Decimal | None, divisor: Decimal | None, factor: int, places: int) -> Decimal | None:
    if dividend is None or not divisor:
        return None
    return rounded(factor * Fraction(dividend) / Fraction(divisor), places)


def _ratio(rows: Sequence[Amounts]) -> Decimal | None:
    return _quotient(total(row.value for row in rows), total(row.base for row in rows), 100, 2)


def _weighted_mean(rows: Sequence[Amounts]) -> Decimal | None:
    weighted = total(row.value * row.base for row in rows if row.value is not None and row.base is not None)
    return _quotient(weighted, total(row.base for row in rows), 1, 4)


def _square_share(rows: Sequence[Amounts]) -> Decimal | None:
    known = [row.value for row in rows if row.value is not None]
    return _quotient(total(one * one for one in known), sum(known, Decimal(0)) ** 2, 10_000, 2)


def _mean_change(rows: Sequence[Amounts]) -> Decimal | None:
    changes = [
        _change_pct(row.base, row.value) for row in rows if row.base is not None and row.base and row.value is not None
    ]
    return rounded(sum(changes, Fraction(0)) / len(changes), 2) if changes else None


def _change_pct(first: Decimal, latest: Decimal) -> Fraction:
    change = abs(Fraction(latest) - Fraction(first)) / abs(Fraction(first))
    return Fraction(_ENDLESS_PCT) if change >= _ENDLESS else 100 * change


_RATIO = Sentence("100 × 各行“本月”之和 ÷ 各行“基数”之和，保留 2 位小数", "100 × sum of value / sum of base, 2 places")

COMPUTATIONS: Mapping[str, Computation] = {
    "count": Computation(
        Sentence("计入各行所计个数之和", "the sum of what each row counts"),
        _sum("value"),
        _sum("value_ytd"),
        is_zero_without_rows=True,
    ),
    "sum": Computation(
        Sentence(
            "计入各行之和：本月值加“本月”，累计值加“累计”",
            "the sum over the rows: value of value, value_ytd of value_ytd",
        ),
        _sum("value"),
        _sum("value_ytd"),
        is_zero_without_rows=True,
    ),
    "ratio": Computation(_RATIO, _ratio, _ratio),
    "quotient": Computation(_RATIO, _ratio, _ratio),
    "weighted_mean": Computation(
        Sentence("Σ（“本月”×“基数”）÷ Σ“基数”，保留 4 位小数", "sum of value × base / sum of base, 4 places"),
        _weighted_mean,
        _weighted_mean,
    ),
    "square_share": Computation(
        Sentence(
            "10000 × Σ“本月”² ÷（Σ“本月”）²，保留 2 位小数", "10,000 × sum of squares / square of the sum, 2 places"
        ),
        _square_share,
        _square_share,
    ),
    "mean_change": Computation(
        Sentence(
            "各月 100 × |“本月”－“基数”| ÷ |“基数”| 的平均，保留 2 位小数",
            "the mean over the months of 100 × |value − base| / |base|, 2 places",
        ),
        _mean_change,
        _mean_change,
    ),
}

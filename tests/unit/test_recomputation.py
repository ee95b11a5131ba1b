"""The sums behind a figure, by hand."""

from dataclasses import dataclass
from decimal import Decimal as D
from fractions import Fraction

import pytest

from orchestration.recomputation import COMPUTATIONS, Figures, recompute, rounded


@dataclass(frozen=True)
class Row:
    value: D | None = None
    value_ytd: D | None = None
    value_ytd_prior: D | None = None
    base: D | None = None
    is_in_month: bool = True
    is_in_year: bool = True


def rate(*pairs):
    """Rows of a rate, by value and base; value_ytd is the value."""
    return [Row(value, value, None, base) for value, base in pairs]


@pytest.mark.parametrize(
    ("computation", "rows", "expected"),
    [
        pytest.param(
            "sum",
            [Row(D(1), D(10), D(5)), Row(D("2.5"), None, D(7)), Row(None, D(-3), None)],
            Figures(D("3.5"), D(7), D(12)),
            id="what is missing is left out of a sum",
        ),
        pytest.param("sum", [Row(), Row()], Figures(None, None, None), id="all missing is missing, not 0"),
        pytest.param(
            "sum",
            [Row(D(4), D(4), is_in_month=False)],
            Figures(D(0), D(4), None),
            id="rows, none of them in the month: 0",
        ),
        pytest.param(
            "count",
            [Row(D(1), D(1)), Row(D(-1), D(-1)), Row(D(1), D(1), is_in_month=False, is_in_year=False)],
            Figures(D(0), D(0), None),
            id="a row that counts nowhere gives nothing",
        ),
        pytest.param(
            "ratio",
            rate((D(1), D(3)), (D(0), D(3)), (None, D(2))),
            Figures(D("12.5"), D("12.5"), None),
            id="a base counts though its value is missing",
        ),
        pytest.param("ratio", rate((D(1), D(0))), Figures(None, None, None), id="nothing to divide by"),
        pytest.param("ratio", rate((D(-1), D(80))), Figures(D("-1.25"), D("-1.25"), None), id="below 0"),
        pytest.param(
            "quotient",
            rate((D(1), None), (D(1), None), (None, D("150.5"))),
            Figures(D("1.33"), D("1.33"), None),
            id="the base stands in a row of its own",
        ),
        pytest.param(
            "weighted_mean",
            rate((D(10), D(1)), (D(20), D(2)), (None, None)),
            Figures(D("16.6667"), D("16.6667"), None),
            id="a price weighted by what was sold, 4 places",
        ),
        pytest.param(
            "square_share",
            rate((D(3), None), (D(1), None), (None, None)),
            Figures(D(6250), D(6250), None),
            id="10,000 × 10 / 16",
        ),
        pytest.param(
            "mean_change",
            rate((D(110), D(100)), (D(90), D(100)), (D(5), D(0)), (None, D(7))),
            Figures(D(10), D(10), None),
            id="no change from 0, and none without both figures",
        ),
        pytest.param("mean_change", rate((D(5), D(0))), Figures(None, None, None), id="no change known"),
        pytest.param(
            "mean_change",
            rate((D(20_000_000), D(1))),
            Figures(D(1_000_000_000), D(1_000_000_000), None),
            id="a change beyond any economy",
        ),
    ],
)
def test_amounts_make_the_figure(computation, rows, expected):
    assert recompute(COMPUTATIONS[computation], rows, of_no_row=D(99)) == expected


def test_without_any_row_stands_what_the_feed_says():
    assert recompute(COMPUTATIONS["count"], [], of_no_row=D(0)) == Figures(D(0), D(0), None)
    assert recompute(COMPUTATIONS["sum"], [], of_no_row=None) == Figures(None, None, None)


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [("0.005", 2, "0.01"), ("-0.005", 2, "-0.01"), ("0.00499", 2, "0.00"), ("2.5", 0, "3"), ("-2.5", 0, "-3")],
)
def test_halves_are_rounded_away_from_zero(number, places, expected):
    assert rounded(Fraction(number), places) == D(expected)

"""Landing: what is a delivery, when it arrived, and what is noted instead."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import landing as landing_module
from sources.contract import Contract
from sources.landing import SHANGHAI, Scan, delivery_id, scan
from tests.unit.sources.builders import Intake, sha256

FEED = "statistics_enterprise"


def noted(found: Scan) -> list[tuple[str, str]]:
    return [(notice.kind, notice.path.name) for notice in found.notices]


def test_arrival_is_sent_at_of_the_receipt_else_the_mtime(intake: Intake, contracts: Mapping[str, Contract]) -> None:
    receipt = {
        "sender": "统计局",
        "sent_at": "2024-04-06T01:30:00+00:00",
        "sha256": sha256(b"a").upper(),
        "rows": 48,
    }
    intake.put("a.csv", b"a", receipt=receipt)
    plain = intake.put("b.csv", b"b")
    os.utime(plain, (1712365200, 1712365200))  # 2024-04-06 09:00 in Shanghai
    with_receipt, without = sorted(scan(intake.landing, contracts).arrivals, key=lambda item: item.file_name)
    assert with_receipt.received_at == dt.datetime(2024, 4, 6, 9, 30, tzinfo=SHANGHAI)
    assert with_receipt.received_at.utcoffset() == dt.timedelta(hours=8)
    assert (with_receipt.sender, with_receipt.receipt_rows) == ("统计局", 48)
    assert with_receipt.receipt_sha256 == with_receipt.sha256
    assert without.received_at == dt.datetime(2024, 4, 6, 9, 0, tzinfo=SHANGHAI)
    assert (without.sender, without.sent_at, without.receipt_sha256, without.receipt_rows) == (None,) * 4


def test_deliveries_come_by_arrival_then_name(intake: Intake, contracts: Mapping[str, Contract]) -> None:
    late, early = {"sent_at": "2024-04-09T09:00:00+08:00"}, {"sent_at": "2024-04-06T09:00:00"}
    intake.put("a.csv", b"1", receipt=late)
    intake.put("c.csv", b"2", receipt=early)
    intake.put("b.csv", b"3", receipt=early)
    assert [arrival.file_name for arrival in scan(intake.landing, contracts).arrivals] == [
        "b.csv",
        "c.csv",
        "a.csv",
    ]


def test_the_same_bytes_are_one_delivery_in_a_period_and_two_in_two(
    intake: Intake, contracts: Mapping[str, Contract]
) -> None:
    intake.put("late.csv", b"same", receipt={"sent_at": "2024-04-09T09:00:00+08:00"})
    intake.put("early.csv", b"same", receipt={"sent_at": "2024-04-06T09:00:00+08:00"})
    intake.put("other.csv", b"same", period="2024-04", receipt={"sent_at": "2024-05-06T09:00:00+08:00"})
    found = scan(intake.landing, contracts)
    assert [(arrival.file_name, arrival.period) for arrival in found.arrivals] == [
        ("early.csv", "2024-03"),
        ("other.csv", "2024-04"),
    ]
    assert noted(found) == [("same_bytes", "late.csv")]
    assert len({arrival.delivery_id for arrival in found.arrivals}) == 2


@pytest.mark.parametrize("name", ["a.xlsx.part", "a.tmp", "a.csv.crdownload", "~$a.xlsx", ".a.csv", "A.XLSX.PART"])
def test_a_file_being_written_is_left(intake: Intake, contracts: Mapping[str, Contract], name: str) -> None:
    intake.put(name, b"half")
    found = scan(intake.landing, contracts)
    assert not found.arrivals
    assert noted(found) == [("still_being_written", name)]


def test_a_file_that_grows_while_it_is_looked_at_is_left(
    intake: Intake, contracts: Mapping[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = intake.put("a.csv", b"half")
    whole_hash = landing_module.hash_of

    def hash_while_growing(target: Path) -> str:
        digest = whole_hash(target)
        with target.open("ab") as stream:
            stream.write(b" more")
        return digest

    monkeypatch.setattr(landing_module, "hash_of", hash_while_growing)
    assert noted(scan(intake.landing, contracts)) == [("still_being_written", "a.csv")]
    monkeypatch.undo()
    assert [arrival.path for arrival in scan(intake.landing, contracts).arrivals] == [path]


def test_what_is_no_delivery_is_noted_by_kind(intake: Intake, contracts: Mapping[str, Contract]) -> None:
    intake.put("scan.pdf", b"%PDF")
    intake.put("no_ending", b"x")
    intake.put("alone.csv.json", b"{}")
    intake.put("a.csv", b"x", feed="no_such_feed")
    intake.put("a.csv", b"x", period="2024-13")
    (intake.landing / "stray.csv").write_bytes(b"x")
    (intake.landing / FEED / "2024-03" / "inner").mkdir()
    found = scan(intake.landing, contracts)
    assert not found.arrivals
    assert sorted(noted(found)) == [
        ("not_a_period", "2024-13"),
        ("other_ending", "no_ending"),
        ("other_ending", "scan.pdf"),
        ("receipt_without_file", "alone.csv.json"),
        ("unexpected_place", "inner"),
        ("unexpected_place", "stray.csv"),
        ("unknown_feed", "no_such_feed"),
    ]
    assert all(notice.message_zh and notice.message_en for notice in found.notices)


@pytest.mark.parametrize(
    "receipt",
    [b"{", b"[1]", b"\xff\xfe\x00", b'{"rows": "48"}', b'{"sha256": "xyz"}', b'{"sent_at": "yesterday"}'],
)
def test_an_invalid_receipt_is_noted_and_the_file_read(
    intake: Intake, contracts: Mapping[str, Contract], receipt: bytes
) -> None:
    intake.put("a.csv", b"x")
    intake.put("a.csv.json", receipt)
    found = scan(intake.landing, contracts)
    assert noted(found) == [("unreadable_receipt", "a.csv.json")]
    (arrival,) = found.arrivals
    assert (arrival.sent_at, arrival.receipt_sha256, arrival.receipt_rows) == (None, None, None)


def test_a_link_out_of_landing_is_never_followed(
    tmp_path: Path, intake: Intake, contracts: Mapping[str, Contract]
) -> None:
    inside = intake.put("a.csv", b"x")
    (tmp_path / "secret.csv").write_bytes(b"secret")
    (inside.parent / "link.csv").symlink_to(tmp_path / "secret.csv")
    (intake.landing / "statistics_product").symlink_to(tmp_path)
    found = scan(intake.landing, contracts)
    assert [arrival.file_name for arrival in found.arrivals] == ["a.csv"]
    assert sorted(noted(found)) == [
        ("link_out_of_landing", "link.csv"),
        ("link_out_of_landing", "statistics_product"),
    ]


def test_nothing_in_landing_is_changed_and_no_landing_is_an_empty_one(
    intake: Intake, contracts: Mapping[str, Contract]
) -> None:
    assert scan(intake.landing, contracts) == Scan((), ())
    intake.put("a.csv", b"x", receipt={"rows": 1})
    before = {path: path.stat().st_mtime_ns for path in sorted(intake.landing.rglob("*"))}
    scan(intake.landing, contracts)
    assert {path: path.stat().st_mtime_ns for path in sorted(intake.landing.rglob("*"))} == before


DIGESTS = st.binary(max_size=8).map(sha256)
PERIODS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)).map(lambda day: f"{day:%Y-%m}")
IDENTITIES = st.tuples(st.sampled_from(["statistics_enterprise", "statistics_product"]), PERIODS, DIGESTS)


@given(IDENTITIES, IDENTITIES)
def test_delivery_ids_are_equal_only_for_the_same_feed_period_and_bytes(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (delivery_id(*one) == delivery_id(*other)) is (one == other)
    assert len(delivery_id(*one)) == 16
    assert set(delivery_id(*one)) <= set("0123456789abcdef")


def test_a_second_area_counts_like_the_first_and_knows_what_came_there(
    intake: Intake, contracts: Mapping[str, Contract], tmp_path: Path
) -> None:
    intake.put("a.csv", b"same", receipt={"sent_at": "2024-04-06T09:00:00+08:00"})
    fetched = Intake(tmp_path / "fetched", contracts)
    fetched.put("b.csv", b"same", receipt={"sent_at": "2024-04-07T09:00:00+08:00"})
    fetched.put("c.csv", b"other", receipt={"sent_at": "2024-04-08T09:00:00+08:00"})
    found = scan(intake.landing, contracts, fetched.landing, tmp_path / "not there")
    assert [arrival.file_name for arrival in found.arrivals] == ["a.csv", "c.csv"]
    assert noted(found) == [("same_bytes", "b.csv")]

"""Numbers of persons are found by their form, and nothing that an office needs is taken for one."""

from __future__ import annotations

import pytest

from sources.person_numbers import without_person_numbers
from tests.unit.sources.builders import CODES


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13900019999", "139****9999"),
        ("报送13900019999.xlsx", "报送139****9999.xlsx"),
        ("张三13900019999李四18800018888", "张三139****9999李四188****8888"),
        ("110105199001019999", "110***********9999"),
        ("11010519900101999X（经营者）", "110***********999X（经营者）"),
    ],
)
def test_telephones_and_identity_numbers_are_starred_out(text: str, shown: str) -> None:
    assert without_person_numbers(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        *CODES,
        "911410821990010199",  # digits alone, but a code of the register begins with 9
        "110105199013019999",  # no such month: no identity number
        "2024-03",
        "20240305",
        "12900019999",  # no mobile number begins so
        "139000199990",
        "项目编号 2403-141082-04-01-123456",
    ],
)
def test_other_numbers_stand_as_they_are(text: str) -> None:
    assert without_person_numbers(text) == text

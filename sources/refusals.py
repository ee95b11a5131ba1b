"""Why a delivery is refused: rule id and a sentence that the sender understands, in Chinese and English.

Every sentence names the place, what was seen, what is expected and what to do; none quotes a data cell, since
it may hold personal data. Rows are never refused here: they are set aside by dbt's rules.
"""

from __future__ import annotations

from enum import StrEnum

from sources.person_numbers import without_person_numbers


class RefusalRule(StrEnum):
    """Rules by which a whole file is refused; ids are never reused."""

    UNREADABLE = "R-FILE-001"
    COLUMN_MISSING = "R-FILE-002"
    WRONG_FEED = "R-FILE-003"
    WRONG_PERIOD = "R-FILE-004"
    RECEIPT_MISMATCH = "R-FILE-005"
    NO_DATA = "R-FILE-006"
    UNSAFE_ARCHIVE = "R-FILE-007"
    AMBIGUOUS_COLUMN = "R-FILE-008"


class Refusal(Exception):
    """The delivery is refused as a whole."""

    def __init__(self, rule: RefusalRule, reason_zh: str, reason_en: str) -> None:
        super().__init__(f"{rule}: {without_person_numbers(reason_en)}")
        self.rule = rule
        self.reason_zh = without_person_numbers(reason_zh)
        self.reason_en = without_person_numbers(reason_en)


def place_zh(file: str, sheet: str) -> str:
    """`《a.xlsx》工作表“Sheet1”`; of a text file its name alone."""
    return f"《{file}》工作表“{sheet}”" if sheet else f"《{file}》"


def place_en(file: str, sheet: str) -> str:
    """`“a.xlsx”, sheet “Sheet1”`; of a text file its name alone."""
    return f"“{file}”, sheet “{sheet}”" if sheet else f"“{file}”"

"""Numbers that belong to a natural person, found in text by their form: mobile telephones and identity numbers.

For text that is shown though no contract says what is in it: names of files and sheets, reasons, cells in the wrong
column. Does not belong here: which columns are personal (contracts). A name has no form by which it could be found.
"""

from __future__ import annotations

import re

# Identity numbers begin with a region (11 to 82) and hold a birthday; credit codes of the register begin with 9.
_NUMBER = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?!\d)"
)


def without_person_numbers(text: str) -> str:
    """The text with the middle of every such number starred out: `13900019999` -> `139****9999`."""
    return _NUMBER.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 7)}{found[0][-4:]}", text)

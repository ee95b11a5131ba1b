"""`manifest.json`: what a release says of itself, as a model that is written and read back.

A reader finds here what it was made of (input files, code, rules), what was checked, which months it leaves
out and why, and the sha256 of every file. Its form is kept stable: fields are added, never renamed. No
personal data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from expectations.verdict import Verdict
from orchestration.stops import Stop

MANIFEST_FILE = "manifest.json"

Sha256 = str
Period = str


class ManifestUnreadable(Stop):
    """The manifest of a release is missing or is not one."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MadeBy(_Part):
    """The program: hashes of code, seeds and rules; versions of the engines."""

    code_version: Sha256
    seeds_version: Sha256
    rules_version: Sha256
    packages: Mapping[str, str]


class Reason(_Part):
    """A sentence in both languages."""

    zh: str
    en: str


class WaivedCheck(_Part):
    """A check that did not pass and does not stop its month, since a person waived it; `feed` is its subject."""

    check_id: str
    feed: str
    reason: Reason
    waiver_ids: tuple[int, ...]


class Month(_Part):
    """A month up to that of the release. A blocked one is left out whole; `reasons` say why.

    `waived` are the checks of a published month that a waiver lifts (`Manifest.waivers`).
    `blocked_look_backs`: blocked months at which its figures look back (the month before, the same month
    and the December of last year), so that month-on-month figures and alerts of this month rest on rows
    that did not pass.
    """

    period: Period
    status: Literal["published", "blocked"]
    fingerprint: Sha256
    data_hash: Sha256 | None
    checks_passed: int
    checks_not_passed: int
    reasons: tuple[Reason, ...]
    blocked_look_backs: tuple[Period, ...]
    waived: tuple[WaivedCheck, ...] = ()


class InputFile(_Part):
    """A delivery that counts up to the month of the release; order within feed and period is that of supersession.

    Notes say what its rows owe to the contract, not to the file.
    """

    delivery_id: str
    feed: str
    period: Period
    file_name: str
    sha256: Sha256
    sender: str | None
    received_at: datetime
    status: Literal["seen", "accepted", "refused"]
    refusal_rule: str | None
    reason_zh: str | None
    reason_en: str | None
    rows_read: int
    rows_data: int
    rows_not_data: int
    note_zh: str | None = None
    note_en: str | None = None


class WaiverUsed(_Part):
    """A block that a person lifted, and without which a month of this release would be blocked.

    `period` to `until` are the months that it covers, `feed` None: of every feed; `at` is when it was given.
    """

    waiver_id: int | None = None
    rule_id: str
    period: Period
    until: Period
    feed: str | None
    by: str
    why: str
    at: str | None = None


class DeclaredCorrection(_Part):
    """A known error of a source, corrected by a person's line of data; what became of it in this build.

    `outcome`: `applied`, `obsolete` (the row in force says something else by now, `cell`; left as it is) or
    `no_such_row`. `wrong` and `right` are in the unit of the sender's cell.
    """

    correction_id: str
    feed: str
    period: Period
    row_key: str
    column_name: str
    wrong: str
    right: str
    reason: str
    reported_by: str
    reported_on: str
    outcome: str
    delivery_id: str | None
    file: str | None
    sheet: str | None
    row_no: int | None
    cell: str | None


class ReleaseFile(_Part):
    """A file of the release, by its path in it; `rows` are those of each table in the file."""

    path: str
    sha256: Sha256
    bytes: int
    rows: Mapping[str, int]


class Manifest(_Part):
    """A release. `checks` are those of its own month, whatever their result; `files` all but this one."""

    manifest_version: Literal[1] = 1
    release_id: str
    period: Period
    release_no: int
    status: Literal["published"] = "published"
    made_at: datetime
    run_id: str
    made_by: MadeBy
    fingerprint: Sha256
    data_hash: Sha256
    months: tuple[Month, ...]
    waivers: tuple[WaiverUsed, ...]
    corrections: tuple[DeclaredCorrection, ...] = ()
    inputs: tuple[InputFile, ...]
    checks: tuple[Verdict, ...]
    files: tuple[ReleaseFile, ...]

    @property
    def blocked_months(self) -> tuple[Month, ...]:
        """The months that it leaves out."""
        return tuple(month for month in self.months if month.status == "blocked")


def write_manifest(manifest: Manifest, folder: Path) -> Sha256:
    """Write it into the folder of a release; its sha256."""
    content = (manifest.model_dump_json(indent=2) + "\n").encode()
    (folder / MANIFEST_FILE).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release. Raises ManifestUnreadable."""
    path = folder / MANIFEST_FILE
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ManifestUnreadable(
            f"读不到发布清单 {path}：{error.strerror}。请用 stm release verify --all 核验。",
            f"The manifest {path} cannot be read: {error.strerror}. Run stm release verify --all.",
        ) from error
    except ValidationError as error:
        fields = "、".join(sorted({".".join(map(str, one["loc"])) or "JSON" for one in error.errors()}))
        raise ManifestUnreadable(
            f"发布清单 {path} 不符合格式：{fields}。该发布可能被改动过，请用 stm release verify --all 核验。",
            f"{path} is no manifest: {fields}. The release may have been altered; run stm release verify --all.",
        ) from error

"""Feed contracts: which columns a feed has, under which headers, and when it is due.

The only place that knows the form of `contracts/<feed>.yaml`. A new layout of a sender, and a new feed, are
a change of such a file alone. Does not belong here: where a header stands in a sheet (`layout.py`), what a
value means or must fulfil (dbt).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from sources.header_text import read_header
from sources.units import dimension_of

CONTRACTS_DIR = Path(__file__).parent / "contracts"

#: Columns of every raw Parquet file, before those of the contract.
LINEAGE_COLUMNS = (
    "_delivery_id",
    "_feed",
    "_period",
    "_file",
    "_sheet",
    "_row",
    "_row_kind",
    "_is_hidden",
    "_cells",
    "_defaults",
)
UNIT_SUFFIX = "__unit"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Headers = Annotated[tuple[str, ...], Field(min_length=1)]
ColumnType = Literal["text", "code", "credit_code", "number", "date", "boolean"]


class ContractError(ValueError):
    """A contract file is wrong; the message names the file, the field and what is expected."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One column of a feed. `is_required` means that its header must be found, else the file is refused.

    `default` is for a sender whose form has no such column since it would say the same in every row: it stands in each
    data row of a table without the header, and never in an empty cell under it. Where it stood is told.
    """

    name: Name
    label_zh: str
    headers: Headers
    type: ColumnType
    unit: str | None = Field(default=None, description="Holds unless the header or the sheet says otherwise")
    dimension: str | None = Field(default=None, description="What the unit measures, if not what its word says")
    is_required: bool = False
    is_personal: bool = False
    default: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="What every row of a form without this column says; never a figure"
    )

    @property
    def unit_dimension(self) -> str | None:
        """What the column's unit measures; None without a unit."""
        return self.dimension or (dimension_of(self.unit) if self.unit else None)

    @cached_property
    def header_keys(self) -> frozenset[str]:
        """Keys (`header_text.read_header`) by which the column is found; its own name, for databases, is one."""
        return frozenset(read_header(header).key for header in (self.name, *self.headers))


class Part(_Strict):
    """A part of a measure (本月, 累计 …): the lower level of a two-level header."""

    name: Name
    label_zh: str
    headers: Headers


class Measure(_Strict):
    """Shorthand for one number column per part, named `<measure>_<part>`."""

    name: Name
    label_zh: str
    headers: Headers
    unit: str | None = None
    parts: Annotated[tuple[Name, ...], Field(min_length=1)]
    required_parts: tuple[Name, ...] = ()

    def columns(self, parts: dict[str, Part]) -> Iterator[Column]:
        """The columns it stands for; each header is accepted as 工业总产值本月 and as 本月工业总产值."""
        for name in self.parts:
            part = parts[name]
            yield Column(
                name=f"{self.name}_{name}",
                label_zh=f"{self.label_zh}（{part.label_zh}）",
                headers=tuple(
                    header for own in self.headers for parted in part.headers for header in (own + parted, parted + own)
                ),
                type="number",
                unit=self.unit,
                is_required=name in self.required_parts,
            )


def _kind_of_item(item: Any) -> str:
    has_parts = "parts" in item if isinstance(item, dict) else isinstance(item, Measure)
    return "measure" if has_parts else "column"


class ContractFile(_Strict):
    """The form of a contract file. Its JSON schema gives editors completion in the YAML."""

    feed: Name
    label_zh: str
    family: Name
    sender: str
    is_required: bool
    not_due_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    due_day: Annotated[int, Field(ge=1, le=28, description="Day of the month after the period")]
    is_full_replacement: bool
    has_reporting_units: bool
    key: Annotated[tuple[Name, ...], Field(min_length=1)]
    title_words: tuple[str, ...] = Field(
        default=(), description="Words of a sheet's title that prove this feed, and so contradict another"
    )
    parts: tuple[Part, ...] = ()
    columns: Annotated[
        tuple[
            Annotated[
                Annotated[Column, Tag("column")] | Annotated[Measure, Tag("measure")],
                Discriminator(_kind_of_item),
            ],
            ...,
        ],
        Field(min_length=1),
    ]


class Contract(_Strict):
    """A feed's contract, measures spelt out.

    `due_day` is the day of the month after the period (before it is moved past holidays); `key` names
    columns; `sha256` is that of the file, for fingerprints.
    """

    feed: str
    label_zh: str
    family: str
    sender: str
    is_required: bool
    not_due_months: tuple[int, ...]
    due_day: int
    is_full_replacement: bool
    has_reporting_units: bool
    key: tuple[str, ...]
    title_words: tuple[str, ...]
    columns: tuple[Column, ...]
    sha256: str

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        return self.columns_by_name[name]

    @cached_property
    def columns_by_name(self) -> dict[str, Column]:
        """Column name -> column."""
        return {column.name: column for column in self.columns}

    @cached_property
    def columns_by_header(self) -> dict[str, Column]:
        """Header key -> column; keys are unique in a contract (checked on loading)."""
        return {key: column for column in self.columns for key in sorted(column.header_keys)}

    @cached_property
    def required_columns(self) -> tuple[Column, ...]:
        """Columns whose header must be found."""
        return tuple(column for column in self.columns if column.is_required and column.default is None)

    def raw_columns(self) -> tuple[str, ...]:
        """All columns of the feed's raw Parquet files, in order."""
        own = [
            name
            for column in self.columns
            for name in ((column.name, column.name + UNIT_SUFFIX) if column.unit else (column.name,))
        ]
        return (*LINEAGE_COLUMNS, *own)


def load_contract(path: Path) -> Contract:
    """Read and check one contract file. Raises ContractError with file, field and reason."""
    content = path.read_bytes()
    try:
        form = ContractFile.model_validate(yaml.safe_load(content))
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: not valid YAML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or '(whole file)'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ContractError(f"{path}: {problems}") from error
    if form.feed != path.stem:
        raise ContractError(f"{path}: feed: {form.feed!r} must be the file's own name, {path.stem!r}")
    columns = _columns_of(form, path)
    _check_columns(columns, form, path)
    settings = form.model_dump(exclude={"columns", "parts"})
    return Contract(**settings, columns=columns, sha256=hashlib.sha256(content).hexdigest())


def load_contracts(directory: Path = CONTRACTS_DIR) -> dict[str, Contract]:
    """All contracts of a folder by feed, sorted. Raises ContractError, also if there is none."""
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise ContractError(f"{directory}: no contract (*.yaml) found")
    return {path.stem: load_contract(path) for path in paths}


def _columns_of(form: ContractFile, path: Path) -> tuple[Column, ...]:
    parts = {part.name: part for part in form.parts}
    columns: list[Column] = []
    for item in form.columns:
        if isinstance(item, Column):
            columns.append(item)
            continue
        if unknown := sorted({*item.parts, *item.required_parts} - parts.keys()):
            raise ContractError(f"{path}: columns.{item.name}.parts: not among the parts of the file: {unknown}")
        if spare := sorted(set(item.required_parts) - set(item.parts)):
            raise ContractError(f"{path}: columns.{item.name}.required_parts: not among its parts: {spare}")
        columns.extend(item.columns(parts))
    return tuple(columns)


def _check_columns(columns: tuple[Column, ...], form: ContractFile, path: Path) -> None:
    names = [column.name for column in columns]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ContractError(f"{path}: columns: these names stand twice: {repeated}")
    if unknown := [name for name in form.key if name not in names]:
        raise ContractError(f"{path}: key: no such column: {unknown}")
    if optional := [name for name in form.key if not columns[names.index(name)].is_required]:
        raise ContractError(f"{path}: key: a key column must be required: {optional}")
    owners: dict[str, str] = {}
    for column in columns:
        if column.default is not None and (column.type == "number" or column.is_personal or column.name in form.key):
            raise ContractError(
                f"{path}: columns.{column.name}.default: a figure, a key and a person stand in the file or nowhere"
            )
        if column.unit and dimension_of(column.unit) is None:
            raise ContractError(f"{path}: columns.{column.name}.unit: {column.unit!r} is no known unit")
        for key in column.header_keys:
            if owners.setdefault(key, column.name) != column.name:
                raise ContractError(f"{path}: columns.{column.name}.headers: {key!r} is also a header of {owners[key]}")

"""Raw Parquet: one file a delivery, all text, written under a temporary name and renamed when whole.

Knows the columns of docs/architecture.md, not what is in them; written once, and the same bytes for the same
delivery.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from sources.contract import Contract

_OTHER_TYPES = {"_row": pa.int32(), "_is_hidden": pa.bool_()}


def raw_schema(contract: Contract) -> pa.Schema:
    """The schema of a feed's raw files."""
    return pa.schema([(name, _OTHER_TYPES.get(name, pa.string())) for name in contract.raw_columns()])


def raw_path(raw_dir: Path, feed: str, period: str, delivery_id: str) -> Path:
    """Where the raw file of a delivery stands."""
    return raw_dir / feed / period / f"{delivery_id}.parquet"


class RawFile:
    """A raw file being written: it appears under its name if the `with` block ends without error."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        self._unfinished = path.with_name(path.name + ".part")

    def __enter__(self) -> RawFile:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._unfinished.open("wb")
        self._writer = pq.ParquetWriter(self._stream, self._schema, compression="zstd")
        return self

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows as a row group of their own."""
        self._writer.write_batch(batch)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.close()
            self._stream.flush()
            os.fsync(self._stream.fileno())
        finally:
            self._stream.close()
        if kind is None:
            self._unfinished.replace(self._path)
        else:
            self._unfinished.unlink(missing_ok=True)


def write_schema(contract: Contract, raw_dir: Path) -> Path:
    """Write `raw/<feed>/schema/empty.parquet`, so that a feed without deliveries is an empty table."""
    path = raw_dir / contract.feed / "schema" / "empty.parquet"
    with RawFile(path, raw_schema(contract)):
        pass
    return path

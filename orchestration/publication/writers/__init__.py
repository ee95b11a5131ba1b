"""Writers: each puts the same tables into a release in one form.

A writer is a module with `write(content, folder)`: it gets the judged marts read-only and the empty folder
of a release in the making, and says which files it wrote. What a release holds is decided before
(`release.py`); a writer decides nothing, and leaves nothing out but what the tables themselves say. A new
form of a release is a module here and its name in `WRITERS`.
"""

from pathlib import Path
from typing import Protocol

from orchestration.publication.writers import data_dictionary, duckdb_file, lineage, parquet, workbook
from orchestration.publication.writers.content import ReleaseContent, WrittenFile


class Writer(Protocol):
    """What a writer module offers."""

    def write(self, content: ReleaseContent, folder: Path) -> list[WrittenFile]:
        """Write into `folder`; the files written."""
        ...


WRITERS: tuple[Writer, ...] = (duckdb_file, parquet, workbook, lineage, data_dictionary)

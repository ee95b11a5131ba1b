"""`parquet/<table>.parquet`: the same tables for whoever reads files."""

from pathlib import Path

from orchestration.publication.marts import literal
from orchestration.publication.writers.content import ReleaseContent, WrittenFile

FOLDER = "parquet"


def write(content: ReleaseContent, folder: Path) -> list[WrittenFile]:
    """Write one file a table; the rows of each."""
    (folder / FOLDER).mkdir()
    written = []
    for mart in content.marts:
        path = f"{FOLDER}/{mart.name}.parquet"
        count = content.connection.execute(
            f"copy ({content.select(mart)}) to {literal(str(folder / path))} (format parquet, compression zstd)"
        ).fetchone()
        written.append(WrittenFile(path, {mart.name: count[0] if count else 0}))
    return written

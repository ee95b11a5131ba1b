"""`data_dictionary.html`: what the tables, columns, indicators, clauses and rules of a release mean."""

import json
from pathlib import Path

from orchestration.publication.dictionary import read_dictionary
from orchestration.publication.dictionary_page import render
from orchestration.publication.marts import open_warehouse, read_marts
from orchestration.publication.writers.content import ReleaseContent, WrittenFile

FILE_NAME = "data_dictionary.html"


def write(content: ReleaseContent, folder: Path) -> list[WrittenFile]:
    """Write the page."""
    dictionary = read_dictionary(content.marts, content.dbt_manifest, content.connection)
    (folder / FILE_NAME).write_text(render(dictionary), encoding="utf-8")
    return [WrittenFile(FILE_NAME)]


def write_alone(warehouse_path: Path, manifest_path: Path, path: Path) -> None:
    """Write the page for the warehouse as it stands, to `path`; its folder is made if need be.

    Raises MartsUnusable if there is no warehouse yet, or a build has it.
    """
    with open_warehouse(warehouse_path) as connection:
        dbt_manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        page = render(read_dictionary(read_marts(dbt_manifest), dbt_manifest, connection))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")

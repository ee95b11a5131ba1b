"""The data dictionary as data: published tables, listings whose rows define something, and what is made from what.

All of it is read from dbt's manifest, which knows the project, and from the warehouse, which holds the rows; nothing
is written here by hand. What a page looks like is `dictionary_page.py`. No table is named: a model or seed whose rows
belong in the dictionary says so in its yml, `meta.dictionary: {key, order}`, by the column that a row is called by
and its place among the listings; a column whose cells name rows of another listing, or published tables, says
`meta.refers_to`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.publication.marts import RELEASE_STAMP, WAREHOUSE, Mart, MartsUnusable, identifier

# What `refers_to` says of cells that name published tables.
TABLES = "tables"
# Joins the parts of a cell that names several rows.
_JOINED_BY = "|"
# The layers of the picture, from left to right; what is delivered and what is decided stand before all of them.
DELIVERED, DECIDED = "sources", "seeds"


@dataclass(frozen=True)
class Column:
    """A column of a published table; `values` are those that it can have, if they are few."""

    name: str
    label_zh: str
    description_zh: str
    description: str
    data_type: str
    unit: str
    is_key: bool
    is_required: bool
    values: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A published table; `reads` are the nodes that it is made from, `readers` the (Chinese, English) labels of those
    who use it."""

    name: str
    label_zh: str
    description_zh: str
    description: str
    tier: str
    columns: tuple[Column, ...]
    reads: tuple[str, ...]
    feeds: tuple[str, ...]
    readers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """A row of a listing, as text; `cited_by` are (listing, key) of the rows that name it."""

    key: str
    cells: tuple[str, ...]
    cited_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ListingColumn:
    """A column of a listing; `refers_to` is the listing whose rows its cells name, `TABLES`, or empty."""

    name: str
    label_zh: str
    refers_to: str


@dataclass(frozen=True)
class Listing:
    """A table whose rows are definitions: indicators, clauses, rules."""

    name: str
    label_zh: str
    description_zh: str
    description: str
    columns: tuple[ListingColumn, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Node:
    """A node from which published tables are made, or one of these; `reads` are other nodes, by name."""

    name: str
    layer: str
    description: str
    label_zh: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Dictionary:
    """What the page shows. `layers` are those of `nodes`, in the order in which data goes through them."""

    tables: tuple[Table, ...]
    listings: tuple[Listing, ...]
    nodes: tuple[Node, ...]
    layers: tuple[str, ...]
    cited_tables: Mapping[str, tuple[tuple[str, str], ...]]


def read_dictionary(
    marts: Sequence[Mart], dbt_manifest: Mapping[str, Any], connection: duckdb.DuckDBPyConnection
) -> Dictionary:
    """The dictionary of these published tables; `connection` has the warehouse attached.

    Raises MartsUnusable if a listing lacks a label, or the warehouse is not that of the manifest.
    """
    graph = _Graph(dbt_manifest)
    tables = tuple(_table(mart, graph) for mart in marts)
    listings = tuple(
        _listing(node, connection)
        for node in sorted(
            (node for node in dbt_manifest["nodes"].values() if _listed(node)),
            key=lambda node: (_listed(node)["order"], node["name"]),
        )
    )
    listings, cited_tables = _with_citations(listings)
    nodes = graph.ancestry(mart.name for mart in marts)
    return Dictionary(tables, listings, nodes, _layers(nodes), cited_tables)


def parts_of(cell: str) -> list[str]:
    """The names in a cell that names rows."""
    return [part for part in cell.split(_JOINED_BY) if part]


class _Graph:
    """The nodes of a manifest that hold data, by name and by id."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._by_id = {
            unique_id: node
            for unique_id, node in {**manifest["nodes"], **manifest.get("sources", {})}.items()
            if node["resource_type"] in {"model", "seed", "source"}
        }
        self._id_of = {node["name"]: key for key, node in self._by_id.items() if node["resource_type"] == "model"}
        self._values: dict[tuple[str, str], tuple[str, ...]] = {}
        for test in manifest["nodes"].values():
            said = test.get("test_metadata") or {}
            if said.get("name") == "accepted_values":
                values = tuple(str(value) for value in said["kwargs"]["values"])
                self._values[test["attached_node"], said["kwargs"]["column_name"]] = values
        self._readers: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for exposure in manifest.get("exposures", {}).values():
            labels = exposure["config"]["meta"]["label_zh"], exposure["label"]
            for unique_id in exposure["depends_on"]["nodes"]:
                self._readers[unique_id].append(labels)

    def node(self, name: str) -> Mapping[str, Any]:
        """The model of that name; nothing for a published table that dbt does not make."""
        return self._by_id.get(self._id_of.get(name, ""), {})

    def values(self, table: str, column: str) -> tuple[str, ...]:
        return self._values.get((self._id_of.get(table, ""), column), ())

    def readers(self, name: str) -> tuple[tuple[str, str], ...]:
        return tuple(self._readers[self._id_of.get(name, "")])

    def reads(self, name: str) -> tuple[str, ...]:
        return self._names_read(self.node(name))

    def ancestry(self, names: Iterable[str]) -> tuple[Node, ...]:
        """These models and all from which they are made, by name."""
        found: dict[str, Mapping[str, Any]] = {}
        waiting = [self._id_of[name] for name in names if name in self._id_of]
        while waiting:
            unique_id = waiting.pop()
            if unique_id not in found:
                found[unique_id] = self._by_id[unique_id]
                waiting += self._ids_read(self._by_id[unique_id])
        return tuple(
            Node(
                name_of(node),
                _layer(node),
                _one_line(node["description"]),
                str(node["config"].get("meta", {}).get("label_zh") or ""),
                self._names_read(node),
            )
            for node in sorted(found.values(), key=name_of)
        )

    def _ids_read(self, node: Mapping[str, Any]) -> list[str]:
        return [one for one in node.get("depends_on", {}).get("nodes", ()) if one in self._by_id]

    def _names_read(self, node: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(sorted({name_of(self._by_id[one]) for one in self._ids_read(node)}))


def name_of(node: Mapping[str, Any]) -> str:
    """What a node is called: a source by its source and table, since seeds and models may be called as the table."""
    return f"{node['source_name']}.{node['name']}" if node["resource_type"] == "source" else node["name"]


def _layer(node: Mapping[str, Any]) -> str:
    layers = {"source": DELIVERED, "seed": DECIDED}
    return layers.get(node["resource_type"]) or node["fqn"][1]


def _layers(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Layers in the order in which data goes through them: none stands before one that it reads."""
    reads: defaultdict[str, set[str]] = defaultdict(set)
    layer_of = {node.name: node.layer for node in nodes}
    for node in nodes:
        reads[node.layer] |= {layer_of[name] for name in node.reads} - {node.layer}
    ordered: list[str] = []
    while len(ordered) < len(reads):
        ready = sorted(layer for layer in reads if layer not in ordered and reads[layer] <= set(ordered))
        if not ready:
            raise MartsUnusable(
                f"dbt 各层互相引用，无法排序：{'、'.join(sorted(set(reads) - set(ordered)))}。请报告维护人员。",
                f"Layers of the dbt project read each other: {', '.join(sorted(set(reads) - set(ordered)))}. "
                "Tell the maintainers.",
            )
        # What is delivered stands before what is decided.
        ordered += [layer for layer in (DELIVERED, DECIDED) if layer in ready]
        ordered += [layer for layer in ready if layer not in (DELIVERED, DECIDED)]
    return tuple(ordered)


def _table(mart: Mart, graph: _Graph) -> Table:
    node = graph.node(mart.name)
    described = node.get("columns", {})
    feeds = [one.name.partition(".")[2] for one in graph.ancestry([mart.name]) if one.layer == DELIVERED]
    return Table(
        mart.name,
        mart.label_zh,
        mart.description_zh,
        mart.description,
        str(node.get("config", {}).get("meta", {}).get("tier") or ""),
        tuple(
            Column(
                column.name,
                column.label_zh,
                column.description_zh,
                column.description,
                str(described.get(column.name, {}).get("data_type") or ""),
                str(described.get(column.name, {}).get("config", {}).get("meta", {}).get("unit") or ""),
                column.name in mart.grain,
                any(one["type"] == "not_null" for one in described.get(column.name, {}).get("constraints") or ()),
                graph.values(mart.name, column.name),
            )
            for column in mart.columns
        ),
        graph.reads(mart.name),
        tuple(feeds),
        graph.readers(mart.name),
    )


def _listed(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node["config"].get("meta", {}).get("dictionary") or {} if "config" in node else {}


def _listing(node: Mapping[str, Any], connection: duckdb.DuckDBPyConnection) -> Listing:
    name, key = node["name"], _listed(node)["key"]
    labelled = [
        ListingColumn(column["name"], said["label_zh"], said.get("refers_to", ""))
        for column in node["columns"].values()
        if (said := column["config"]["meta"]).get("label_zh") and column["name"] != RELEASE_STAMP
    ]
    meta = node["config"]["meta"]
    if key not in {column.name for column in labelled} or not meta.get("label_zh") or not meta.get("description_zh"):
        raise MartsUnusable(
            f"{name} 要列入数据字典，但缺少中文名称、说明或主键列 {key} 的名称。请补在其 yml 中。",
            f"{name} is to stand in the data dictionary, but lacks meta.label_zh, meta.description_zh or the label of "
            f"its key {key}. Add it to its yml.",
        )
    # The column that a row is called by stands first; seeds keep the order of their file.
    labelled.sort(key=lambda column: column.name != key)
    cells = ", ".join(identifier(column.name) for column in labelled)
    order = "rowid" if node["resource_type"] == "seed" else identifier(key)
    try:
        rows = [
            tuple(map(_text, row))
            for row in connection.execute(
                f"select {cells} from {WAREHOUSE}.main.{identifier(name)} order by {order}"
            ).fetchall()
        ]
    except duckdb.Error as error:
        raise MartsUnusable(
            f"仓库中的表 {name} 与 dbt 清单不一致，写不出数据字典。请重新运行 stm run。",
            f"The table {name} of the warehouse is not that of the dbt manifest, so that the data dictionary cannot be "
            "written. Run stm run again.",
        ) from error
    return Listing(
        name,
        meta["label_zh"],
        meta["description_zh"],
        _one_line(node["description"]),
        tuple(labelled),
        tuple(Row(row[0], row, ()) for row in rows),
    )


def _with_citations(
    listings: Sequence[Listing],
) -> tuple[tuple[Listing, ...], dict[str, tuple[tuple[str, str], ...]]]:
    """The listings with the rows that name each of their rows, and the same for published tables."""
    cited: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for listing in listings:
        for position, column in enumerate(listing.columns):
            if column.refers_to:
                for row in listing.rows:
                    for part in parts_of(row.cells[position]):
                        cited[column.refers_to, part].append((listing.name, row.key))
    told = tuple(
        replace(
            listing,
            rows=tuple(
                replace(row, cited_by=tuple(dict.fromkeys(cited[listing.name, row.key]))) for row in listing.rows
            ),
        )
        for listing in listings
    )
    return told, {name: tuple(by) for (listing, name), by in cited.items() if listing == TABLES}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    # 10, not 10.0000
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())

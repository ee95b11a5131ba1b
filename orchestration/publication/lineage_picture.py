"""The lineage of tables as a drawing: layers from left to right, a line from each table to those made from it.

Pure: nodes in, SVG out. No script: lines of the table under the pointer are brought out by the style sheet.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Protocol

_ROW, _BOX, _WIDTH, _GAP, _MARGIN, _HEAD = 21, 16, 204, 92, 8, 34
_SWEEPS = 8


class Drawn(Protocol):
    """What is drawn of a node."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def layer(self) -> str: ...  # noqa: D102
    @property
    def label_zh(self) -> str: ...  # noqa: D102
    @property
    def reads(self) -> Sequence[str]: ...  # noqa: D102


def draw(
    nodes: Sequence[Drawn], columns: Sequence[Sequence[str]], titles: Sequence[str], href: Callable[[str], str]
) -> str:
    """The picture as an SVG element; `columns` are the layers of each column, `titles` what stands above it.

    `href` gives the place on the page to which a node leads.
    """
    ordered = _ordered(nodes, columns)
    place = {
        name: (_MARGIN + column * (_WIDTH + _GAP), _HEAD + row * _ROW)
        for column, names in enumerate(ordered)
        for row, name in enumerate(names)
    }
    number = {name: position for position, name in enumerate(place)}
    width = 2 * _MARGIN + len(ordered) * _WIDTH + (len(ordered) - 1) * _GAP + _GAP // 2
    height = _HEAD + max(map(len, ordered), default=0) * _ROW + _MARGIN
    by_name = {node.name: node for node in nodes}
    heads = "".join(
        f'<text class="head" x="{_MARGIN + column * (_WIDTH + _GAP)}" y="18">{escape(title)}</text>'
        for column, title in enumerate(titles)
    )
    lines = "".join(
        f'<path class="e a{number[read]} b{number[name]}" d="{_line(place[read], place[name])}"/>'
        for name in place
        for read in by_name[name].reads
    )
    boxes = "".join(_box(by_name[name], *place[name], number[name], href(name)) for name in place)
    hover = "".join(
        f".lineage:has(#n{one}:hover) :is(.a{one},.b{one}),.lineage:has(#n{one}:focus) :is(.a{one},.b{one})"
        "{stroke:#b3261e;stroke-opacity:1}"
        for one in number.values()
    )
    return (
        f'<svg class="lineage" role="img" aria-label="数据血缘 lineage" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><style>{hover}</style>{heads}{lines}{boxes}</svg>'
    )


def _box(node: Drawn, x: int, y: int, number: int, href: str) -> str:
    title = f"{node.label_zh} {node.name}".strip()
    return (
        f'<a href="{escape(href)}" id="n{number}"><title>{escape(title)}</title>'
        f'<rect class="{escape(node.layer)}" x="{x}" y="{y}" width="{_WIDTH}" height="{_BOX}" rx="3"/>'
        f'<text x="{x + 5}" y="{y + 12}">{escape(node.label_zh or node.name)}</text></a>'
    )


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + _WIDTH, start[1] + _BOX // 2
    x2, y2 = end[0], end[1] + _BOX // 2
    if x2 <= x1:
        # Within a layer: around the right side.
        return f"M{x1} {y1}C{x1 + _GAP // 2} {y1} {x1 + _GAP // 2} {y2} {x2 + _WIDTH} {y2}"
    middle = (x2 - x1) // 2
    return f"M{x1} {y1}C{x1 + middle} {y1} {x2 - middle} {y2} {x2} {y2}"


def _ordered(nodes: Sequence[Drawn], columns: Sequence[Sequence[str]]) -> list[list[str]]:
    """Names by column, each near the mean place of those that it is joined to, so that few lines cross."""
    ordered = [[node.name for layer in layers for node in nodes if node.layer == layer] for layers in columns]
    joined: defaultdict[str, set[str]] = defaultdict(set)
    for node in nodes:
        for read in node.reads:
            joined[node.name].add(read)
            joined[read].add(node.name)
    for _ in range(_SWEEPS):
        at = _places(ordered)
        ordered = [
            sorted(names, key=lambda name, at=at: (_mean([at[one] for one in joined[name]]), name)) for names in ordered
        ]
    return ordered


def _places(ordered: Sequence[Sequence[str]]) -> Mapping[str, float]:
    # As a share of the column, since columns are of different length.
    return {name: (row + 0.5) / len(names) for names in ordered for row, name in enumerate(names)}


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.5

"""The data dictionary as one HTML page, Chinese first: no script, nothing loaded from anywhere, printable.

What stands in it is `dictionary.py`; here is how it looks. All text is escaped: descriptions and rows are data.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from urllib.parse import quote

from orchestration.publication.dictionary import (
    DECIDED,
    DELIVERED,
    TABLES,
    Dictionary,
    Listing,
    Node,
    Table,
    parts_of,
)
from orchestration.publication.lineage_picture import draw

# What people call a layer; one that is not here goes by its name.
_LAYERS = {
    DELIVERED: ("来文", "deliveries"),
    DECIDED: ("口径清单", "seeds"),
    "staging": ("归整", "staging"),
    "validation": ("检验", "validation"),
    "intermediate": ("加工", "intermediate"),
    "marts": ("发布表", "marts"),
}
_TIERS = {"internal": "内部 internal", "public": "公开 public"}

_STYLE = """
:root{--ink:#1c1f23;--soft:#5b6470;--line:#d9dee4;--fill:#f5f7f9;--link:#0b57a4}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1180px;padding:1rem;color:var(--ink);background:#fff;font:15px/1.6 system-ui,
"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif;overflow-wrap:anywhere}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-bottom:.2rem;
border-bottom:2px solid var(--ink)}h3{font-size:1.05rem;margin:1.6rem 0 .3rem}
p{margin:.3rem 0}.en,.soft{color:var(--soft)}.en{font-size:.87em}
code{font:0.87em/1.4 ui-monospace,Consolas,Menlo,monospace}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.9rem}
th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;min-width:4.5em}
th{background:var(--fill)}td.text{min-width:13em}
tr:target,h3:target{background:#fff3c4}
nav ul{columns:16em;padding-left:1.2em;margin:.3rem 0}
.tag{font-size:.8em;border:1px solid var(--line);border-radius:3px;padding:0 .35em;background:var(--fill);
white-space:nowrap}
svg.lineage text{font:10px ui-monospace,Consolas,Menlo,monospace;fill:var(--ink)}
svg.lineage text.head{font:600 13px system-ui,sans-serif}
svg.lineage rect{fill:#eef1f4;stroke:#9aa5b1}svg.lineage rect.sources{fill:#e3f0e3}svg.lineage rect.seeds{fill:#f3ecdc}
svg.lineage rect.staging{fill:#e6eef8}svg.lineage rect.validation{fill:#f8e8e6}
svg.lineage rect.intermediate{fill:#ece8f5}svg.lineage rect.marts{fill:#ffe9a8}
svg.lineage path{fill:none;stroke:#7d8894;stroke-opacity:.28}
@media print{body{max-width:none;font-size:11px}.scroll{overflow:visible}tr,h3{break-inside:avoid}
h2,h3{break-after:avoid}a{color:inherit}nav{break-after:page}svg.lineage{width:100%;height:auto}
@page{size:A4 landscape;margin:12mm}}
"""


def render(dictionary: Dictionary) -> str:
    """The page. The same dictionary gives the same text: it has no date and no number of a release."""
    published = {table.name for table in dictionary.tables}
    anchors = {(listing.name, row.key) for listing in dictionary.listings for row in listing.rows}
    anchors |= {(TABLES, name) for name in published}
    labels = {listing.name: listing.label_zh for listing in dictionary.listings}

    def link(listing: str, key: str) -> str:
        """What a cell names, as a link if it is on the page."""
        return f'<a href="{_to(listing, key)}">{escape(key)}</a>' if (listing, key) in anchors else escape(key)

    def node_link(name: str) -> str:
        return f'<a href="{_to_node(name, published)}"><code>{escape(name)}</code></a>'

    def cited(by: Sequence[tuple[str, str]]) -> str:
        """Who names a row, by listing."""
        return "；".join(
            f"{escape(labels[name])} {'、'.join(link(name, key) for listing, key in by if listing == name)}"
            for name in dict.fromkeys(listing for listing, _ in by)
        )

    body = [
        "<h1>数据字典</h1>"
        '<p class="en" lang="en">Data dictionary of the specialty towns\' monitoring warehouse</p>'
        "<p>本页列出每次发布中的全部数据表与字段、指标口径、方案条款及其监测方式、校验规则和数据血缘，"
        "由建库程序自身的元数据生成，与同一发布中的数据一致。页面不联网，可打印。</p>"
        '<p class="en" lang="en">Generated from the metadata of the program that built the release beside it: tables '
        "and columns, indicators, clauses of the plan and what watches them, rules, lineage. Needs no network.</p>",
        _contents(dictionary),
        _heading("tables", "数据表", "Tables"),
        "<p>表名和字段名为英文；数据库的 <code>zh</code> 模式中有同样内容的中文视图。金额以万元计；"
        "空值表示缺报或不适用，不等于零。🔑 为主键字段，* 为必填。</p>",
        *(_table(table, node_link, cited(dictionary.cited_tables.get(table.name, ()))) for table in dictionary.tables),
        *(_listing(listing, link, cited) for listing in dictionary.listings),
        _heading("lineage", "数据血缘", "Lineage"),
        "<p>自左至右：来文与口径清单，经归整、检验、加工，成为发布表。点击可跳到说明；指向一个表时，与它直接相连的线变红。</p>"
        f'<div class="scroll">{_picture(dictionary, published)}</div>',
        _heading("nodes", "加工过程中的表", "Inner tables"),
        "<p>这些表只在仓库内部，不发布。</p>",
        *_inner(dictionary, published, node_link),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>数据字典 · 特色专业镇监测</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def anchor(*parts: str) -> str:
    """The id on the page of a table, a column of it, a row of a listing."""
    return re.sub(r"\s", "_", ".".join(parts))


def _to(*parts: str) -> str:
    return "#" + quote(anchor(*parts))


def _to_node(name: str, published: set[str]) -> str:
    return _to(TABLES, name) if name in published else _to("nodes", name)


def _heading(name: str, zh: str, en: str) -> str:
    return f'<h2 id="{escape(anchor(name))}">{escape(zh)} <span class="en" lang="en">{escape(en)}</span></h2>'


def _contents(dictionary: Dictionary) -> str:
    tables = "".join(
        f'<li><a href="{_to(TABLES, table.name)}">{escape(table.label_zh)}</a> <code>{escape(table.name)}</code></li>'
        for table in dictionary.tables
    )
    listings = "".join(
        f'<li><a href="{_to("listing", one.name)}">{escape(one.label_zh)}</a>（{len(one.rows)}）</li>'
        for one in dictionary.listings
    )
    return (
        f'<nav aria-label="目录"><p><a href="#tables">数据表</a></p><ul>{tables}</ul>'
        f'<p>口径与规则</p><ul>{listings}<li><a href="#lineage">数据血缘</a></li>'
        '<li><a href="#nodes">加工过程中的表</a></li></ul></nav>'
    )


def _table(table: Table, node_link: Callable[[str], str], cited: str) -> str:
    rows = "".join(
        f'<tr id="{escape(anchor(TABLES, table.name, column.name))}"><td>{"🔑 " if column.is_key else ""}'
        f"{escape(column.label_zh)}{' *' if column.is_required else ''}<br><code>{escape(column.name)}</code></td>"
        f"<td><code>{escape(column.data_type)}</code></td><td>{escape(column.unit)}</td>"
        f'<td class="text">{escape(column.description_zh)}<br><span class="en" lang="en">{_english(column.description)}'
        f"</span>{_values(column.values)}</td></tr>"
        for column in table.columns
    )
    facts = [
        ("来文 from deliveries", "、".join(f"<code>{escape(feed)}</code>" for feed in table.feeds)),
        ("直接读取 reads", "、".join(map(node_link, table.reads))),
        ("使用者 readers", "、".join(f"{escape(zh)} <span lang='en'>{escape(en)}</span>" for zh, en in table.readers)),
        ("被引用 cited by", cited),
    ]
    return (
        f'<section><h3 id="{escape(anchor(TABLES, table.name))}">{escape(table.label_zh)} '
        f"<code>{escape(table.name)}</code> "
        f'<span class="tag">{escape(_TIERS.get(table.tier, table.tier))}</span></h3>'
        f'<p>{escape(table.description_zh)}</p><p class="en" lang="en">{_english(table.description)}</p>'
        '<div class="scroll"><table><thead><tr><th>字段</th><th>类型</th><th>单位</th><th>说明</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        + "".join(f'<p class="soft">{name}：{told}</p>' for name, told in facts if told)
        + "</section>"
    )


def _values(values: Iterable[str]) -> str:
    told = " ".join(f"<code>{escape(value)}</code>" for value in values)
    return f'<br><span class="soft">取值：{told}</span>' if told else ""


def _listing(
    listing: Listing, link: Callable[[str, str], str], cited: Callable[[Sequence[tuple[str, str]]], str]
) -> str:
    is_cited = any(row.cited_by for row in listing.rows)
    heads = [f"<th>{escape(column.label_zh)}<br><code>{escape(column.name)}</code></th>" for column in listing.columns]
    if is_cited:
        heads.append("<th>被引用<br><span class='en' lang='en'>cited by</span></th>")
    rows = []
    for row in listing.rows:
        cells = []
        for column, cell in zip(listing.columns, row.cells, strict=True):
            told = "、".join(link(column.refers_to, part) for part in parts_of(cell))
            cells.append(told if column.refers_to else escape(cell))
        if is_cited:
            cells.append(cited(row.cited_by))
        # A long text keeps a width at which it can be read; the table scrolls, not the page.
        marks = [' class="text"' if len(re.sub(r"<[^>]*>", "", cell)) > 24 else "" for cell in cells]
        rows.append(
            f'<tr id="{escape(anchor(listing.name, row.key))}">'
            + "".join(f"<td{mark}>{cell}</td>" for mark, cell in zip(marks, cells, strict=True))
            + "</tr>"
        )
    return (
        _heading(f"listing.{listing.name}", listing.label_zh, listing.name)
        + f'<p>{escape(listing.description_zh)}</p><p class="en" lang="en">{_english(listing.description)}</p>'
        f'<div class="scroll"><table><thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _picture(dictionary: Dictionary, published: set[str]) -> str:
    # What is delivered and what is decided share the first column.
    behind = [layer for layer in dictionary.layers if layer not in (DELIVERED, DECIDED)]
    columns = [[DELIVERED, DECIDED], *([layer] for layer in behind)]
    titles = ["、".join(_layer_label(layer) for layer in layers) for layers in columns]
    return draw(dictionary.nodes, columns, titles, lambda name: _to_node(name, published))


def _layer_label(layer: str) -> str:
    return " ".join(_LAYERS.get(layer, (layer,)))


def _inner(dictionary: Dictionary, published: set[str], node_link: Callable[[str], str]) -> list[str]:
    told = []
    for layer in dictionary.layers:
        nodes = [node for node in dictionary.nodes if node.layer == layer and node.name not in published]
        if nodes:
            rows = "".join(_inner_row(node, node_link) for node in nodes)
            told.append(
                f"<h3>{escape(_layer_label(layer))}</h3>"
                '<div class="scroll"><table><thead><tr><th>表</th><th>说明</th><th>直接读取 reads</th></tr></thead>'
                f"<tbody>{rows}</tbody></table></div>"
            )
    return told


def _inner_row(node: Node, node_link: Callable[[str], str]) -> str:
    label = f"{escape(node.label_zh)}<br>" if node.label_zh else ""
    return (
        f'<tr id="{escape(anchor("nodes", node.name))}"><td>{label}<code>{escape(node.name)}</code></td>'
        f'<td class="text" lang="en">{_english(node.description)}</td>'
        f"<td>{'、'.join(map(node_link, node.reads))}</td></tr>"
    )


def _english(text: str) -> str:
    """A description with what stands in backticks set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))

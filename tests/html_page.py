"""A page of ours, read as a browser would that has no network: what stands where, and what it would load."""

from html.parser import HTMLParser

_VOID = {"br", "meta", "hr", "img", "input", "link"}
_LOADING = {"src", "srcset", "data", "action", "background", "poster", "xlink:href"}


class Page(HTMLParser):
    """`text` by id of the innermost element that has one; `links` to places on the page; `faults` of its form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.faults: list[str] = []
        self.tags: set[str] = set()
        self.text: dict[str, str] = {}
        self._open: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()
        self.faults += [f"{tag} is not closed" for tag, _ in self._open]
        # A style sheet can load too.
        self.loads += [word for word in ("@import", "url(") if word in html]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        for name, value in attrs:
            if name in _LOADING or (tag == "link" and name == "href"):
                self.loads.append(f"{tag} {name}={value}")
            if name.startswith("on"):
                self.loads.append(f"{tag} {name}")
        if tag == "a" and "href" in given:
            self.links.append(given["href"] or "")
        if tag not in _VOID:
            self._open.append((tag, given.get("id")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        place = next((name for _, name in reversed(self._open) if name), None)
        if place is not None:
            self.text[place] = self.text.get(place, "") + data

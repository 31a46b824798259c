"""Look through the finished site: ``python tools/site_check.py site``.

Comes in: the folder that mkdocs made. Goes out: a line for each link that leads nowhere and each thing that a page would load from
elsewhere; exit code 1 where there is one. Refuses to ask other hosts whether they are there.
"""

import posixpath
import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from typing_extensions import override

# What a browser fetches by itself when it shows a page; a link, it only follows.
LOADED = {("script", "src"), ("img", "src"), ("source", "src"), ("iframe", "src"), ("image", "href"), ("use", "href")}
NOT_LOADED = {"canonical", "next", "prev", "alternate"}
STYLE_LOADS = re.compile(r"(?:url\(|@import\s+)[\"']?(?:https?:)?//[^\"')]+")


class Links(HTMLParser):
    """The links of a page, what it loads, and the ids that stand in it."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.led: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.led.append(given["href"])
        elif tag == "link" and given.get("rel") not in NOT_LOADED:
            self.loaded.append(given.get("href", ""))
        self.loaded += [value for name, value in given.items() if (tag, name) in LOADED]


@cache
def links_of(page: Path) -> Links:
    """Return what stands in ``page``."""
    found = Links()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def complaints(site: Path) -> Iterator[str]:
    """Yield what is wrong with the site."""
    for page in sorted(site.rglob("*.html")):
        found = links_of(page)
        for address in found.loaded:
            yield from _load_complaint(site, page, address)
        if page.name != "404.html":  # its links begin at the root of wherever the site is put
            for address in found.led:
                yield from _link_complaint(site, page, address)
    for style in sorted(site.rglob("*.css")):
        for match in STYLE_LOADS.findall(style.read_text(encoding="utf-8")):
            yield f"{style.relative_to(site)} loads from elsewhere: {match}"


def _load_complaint(site: Path, page: Path, address: str) -> Iterator[str]:
    if urlsplit(address).netloc or urlsplit(address).scheme in {"http", "https"}:
        yield f"{page.relative_to(site)} loads from elsewhere: {address}"


def _link_complaint(site: Path, page: Path, address: str) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return
    target = page if not parts.path else Path(posixpath.normpath(page.parent / unquote(parts.path)))
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file() or not target.is_relative_to(site):
        yield f"{page.relative_to(site)} leads to {address}, which is not in the site"
    elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in links_of(target).ids:
        yield f"{page.relative_to(site)} leads to {address}, and there is no such place on that page"


def main() -> int:
    """Print what is wrong."""
    site = Path(sys.argv[1]).resolve()
    found = list(complaints(site))
    print("\n".join(found) or f"Every link in {sys.argv[1]} leads somewhere, and nothing comes from elsewhere.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

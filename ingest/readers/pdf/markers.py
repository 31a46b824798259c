"""Bullets and numbers that begin an entry of a list, and printed page numbers.

Comes in: the text of a line. Goes out: whether it begins an entry, and which page number it shows. Refuses to know places.
"""

import re

from ingest.readers.letters import UNNAMED

_BULLETS = f"{UNNAMED}•●○◦▪■□◼◻➢►▶✓✔✗➔→*·∙–—-o§"
_MARKER = re.compile(
    rf"""[•●■▪◆➢✓✔](?=\S)|(?:[{re.escape(_BULLETS)}]
    | \(?(?:\d{{1,3}}|[a-zA-Z]|[ivxIVX]{{1,5}})[.)]   # 1.  (a)  iv)
    | \d{{1,3}}(?:\.\d{{1,3}}){{1,3}}\.?              # 1.2.3
    | [QA]\d{{0,3}}[.:]                               # Q12.  A.
    )(?=\s|$)""",
    re.VERBOSE,
)
_BARE_MARKER = re.compile(rf"{_MARKER.pattern}$|\d{{1,4}}$", re.VERBOSE)
_BULLET_ENTRY = re.compile(rf"[{re.escape(_BULLETS.replace('*', ''))}*]\s")
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.?)?\s*[-–|]?\s*(\d{1,4}|[ivxlc]{1,7})\s*[-–|]?\s*(?:(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)


def is_marker(text: str) -> bool:
    """Tell whether a text is a bullet or a number and nothing else."""
    return len(text) <= 8 and bool(_BARE_MARKER.match(text))


def begins_entry(text: str) -> bool:
    """Tell whether a line begins with a bullet or a number that has text after it."""
    found = _MARKER.match(text)
    return bool(found) and len(text) > found.end() if found else False


def page_number(text: str) -> str | None:
    """Return the page number that a line shows if it shows nothing else: "12" for "Page 12 of 60"."""
    found = _PAGE_NUMBER.fullmatch(text.strip())
    return found.group(1) if found else None

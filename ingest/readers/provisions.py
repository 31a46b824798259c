"""Addresses of single provisions: from "s.95(3)" and the address of an Act to the address of its section 95.

Comes in: the address of an Act or instrument at legislation.gov.uk and the words that name a place in it. Goes out: addresses,
and whether a place is named. Refuses to know which Act a title means (``law_sources`` does), and to open anything.
"""

import re
from collections.abc import Iterator

_KINDS = {"s": "section", "reg": "regulation", "art": "article", "rule": "rule", "sch": "schedule", "para": "paragraph"}
# The word that announces numbers: "s.", "ss.", "regs", "art.", "Sch.", "Schs", "para.", "paras", "section", "regulation" and so on.
_WORD = re.compile(
    r"(?<![A-Za-z])(?P<word>sections?|ss?|regulations?|regs?|articles?|arts?|rules?|schedules?|schs?|paragraphs?|paras?)"
    r"(?:\.\s*|\s+|$|(?=[;,]))(?P<numbers>[^A-Za-z;]*(?:(?<=\d)[A-Z]+[^A-Za-z;]*)*)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^)]*\)")
# Rules of court have two numbers: rule 46.27.
_NUMBER = re.compile(r"(?P<first>\d+(?:\.\d+)?[A-Z]*)(?:\s*-\s*(?P<last>\d+[A-Z]*))?")
# An Act of Parliament or Senedd, or an instrument, as a whole; Acts before 1963 are counted by the years of a reign.
_WHOLE = re.compile(
    r"https?://(?:www\.)?legislation\.gov\.uk/(?P<law>[a-z]+/(?:\d{4}|[A-Z][A-Za-z]*\d*/[\d-]+)/\d+)(?:/(?P<place>[^?#]*))?"
)
_PLACE = re.compile(r"(?P<kind>section|regulation|article|rule|schedule)(?:/(?P<number>\d+(?:\.\d+)?[A-Z]*))?(?:/.*)?")


def law_of(url: str) -> tuple[str, str] | None:
    """Return (law, place) of an address at legislation.gov.uk, such as ("ukpga/2011/20", "section/95"); None for other addresses."""
    found = _WHOLE.fullmatch(url.rstrip("/"))
    return (found["law"], found["place"] or "") if found else None


def address_of(url: str, where: str) -> str:
    """Return the address of the first provision that ``where`` names, if ``url`` is a whole Act or instrument; else ``url``.

    A range or a list leads to its first provision: "ss.87-108" of the Localism Act 2011 to section 87.
    """
    found = law_of(url)
    place = _first_place(where) if found and not found[1] else ""
    return f"{url.rstrip('/')}/{place}" if place else url


def names_place(where: str, place: str) -> bool:
    """Whether ``where`` names the provision of an address, such as "section/95"; other places ("part/2", "notes") are not judged."""
    found = _PLACE.fullmatch(place)
    if not found:
        return True
    named = [(kind, first, last) for kind, first, last in _named(where) if kind == found["kind"]]
    wanted = found["number"] or ""
    return any(_within(wanted, first, last) for _, first, last in named)


def _first_place(where: str) -> str:
    """Return "section/95", "schedule/12/paragraph/10", "schedule" and so on; empty where the words begin with something else."""
    named = list(_named(where))
    starts = _WORD.match(where.strip())
    if not starts or not named or named[0][0] == "paragraph":
        return ""
    kind, number, _ = named[0]
    place = f"{kind}/{number}" if number else kind if kind == "schedule" else ""
    if kind == "schedule" and len(named) > 1 and named[1][0] == "paragraph" and named[1][1]:
        place += f"/paragraph/{named[1][1]}"
    return place


def _named(where: str) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, first, last) of every provision or range of them; a schedule without a number has empty ones."""
    for found in _WORD.finditer(where):
        kind = next(
            _KINDS[short] for short in sorted(_KINDS, key=len, reverse=True) if found["word"].lower().startswith(short)
        )
        numbers = list(_NUMBER.finditer(_BRACKETS.sub("", found["numbers"])))
        if not numbers and kind == "schedule":
            yield kind, "", ""
        for number in numbers:
            yield kind, number["first"], number["last"] or number["first"]


def _within(wanted: str, first: str, last: str) -> bool:
    return _order(first) <= _order(wanted) <= _order(last)


def _order(number: str) -> tuple[int, str]:
    """Return what sorts 9 before 59A before 60; what has no number comes before all."""
    digits = re.match(r"\d+", number)
    return (int(digits[0]), number[digits.end() :]) if digits else (-1, "")

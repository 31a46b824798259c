"""Verbatim text as Discord Markdown that shows exactly that text.

Comes in: any text. Goes out: Markdown whose rendering equals it, character for character. Refuses to know about cards and limits.
Lengths are counted in UTF-16 code units, the strictest way of counting, so that no limit is exceeded however Discord counts.
"""

import re
from collections.abc import Sequence

from index.records import Span

_ANYWHERE = re.compile(r"[\\*_~`|<>\[\]@#]")
# A colon before a letter makes an emoji (":tada:"), before a slash a link; escaped, the same text stays text and no preview appears.
# One at the end may be followed by other text of a card.
_COLON = re.compile(r":(?!\s)")
# Lists and small print ("-# ") begin a line; spaces before them do not save the text from being reshaped.
_LINE_START = re.compile(r"^([^\S\n]*)([-+])", re.MULTILINE)
_NUMBERED = re.compile(r"^([^\S\n]*\d+)([.)])", re.MULTILINE)
# Discord takes a backslash before any mark that is neither letter, digit nor space.
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


def escape(text: str) -> str:
    """Return Markdown that shows ``text`` as it stands."""
    escaped = _ANYWHERE.sub(r"\\\g<0>", text)
    escaped = _COLON.sub(r"\\:", escaped)
    escaped = _LINE_START.sub(r"\1\\\2", escaped)
    return _NUMBERED.sub(r"\1\\\2", escaped)


def unescape(markdown: str) -> str:
    """Return the text that ``escape`` was given."""
    return _ESCAPED.sub(r"\1", markdown)


def one_line(text: str) -> str:
    """Return ``text`` with every run of white space as one space."""
    return " ".join(text.split())


def length(text: str) -> int:
    """Return the length of ``text`` in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, most: int) -> str:
    """Return ``text`` in at most ``most`` UTF-16 code units, with "…" where something was left out."""
    if length(text) <= most:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (most - 1)]
    return units.decode("utf-16-le", "ignore").rstrip() + "…"


def clip_escaped(text: str, most: int) -> str:
    """Return ``text`` escaped, in at most ``most`` UTF-16 code units, never cut inside an escape."""
    escaped = escape(text)
    while length(escaped) > most:
        # Escaping at most doubles a text, so a proportional cut converges in a few rounds.
        text = clip(text, max(1, length(text) * most // length(escaped) - 1))
        escaped = escape(text)
    return escaped


def quote_block(text: str, highlights: Sequence[Span]) -> str:
    """Return ``text`` as a Discord block quote with the ``highlights`` in bold; every line begins with "> "."""
    return "\n".join(f"> {line}" for line in _with_bold(text, highlights).split("\n"))


def _with_bold(text: str, highlights: Sequence[Span]) -> str:
    parts = []
    place = 0
    for start, end in merged(highlights, len(text)):
        parts.append(escape(text[place:start]))
        parts.append("\n".join(_bold_line(line) for line in text[start:end].split("\n")))
        place = end
    parts.append(escape(text[place:]))
    return "".join(parts)


def _bold_line(line: str) -> str:
    core = line.strip()
    if not core:
        return escape(line)
    start = line.index(core)
    return f"{line[:start]}**{escape(core)}**{line[start + len(core) :]}"


def merged(spans: Sequence[Span], end_of_text: int) -> list[Span]:
    """Return ``spans`` inside the text in order, those that touch or overlap joined: "**a****b**" would not be bold."""
    joined: list[Span] = []
    for start, end in sorted((max(0, start), min(end, end_of_text)) for start, end in spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined

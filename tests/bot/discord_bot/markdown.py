"""An independent reading of Discord's Markdown: what a text would show, and what in it is bold.

The rules follow the ones that Discord's client documents and that its community has described (simple-markdown with Discord's own
additions). Anything other than bold that a text would turn into raises, since a quote must never turn into it.
"""

import re

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_BOLD = re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")
_FORBIDDEN = {
    "code": re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)"),
    "underline": re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    "italics": re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_|\*(?=\S)((?:\\[\s\S]|[^\\*])+?)\*(?!\*)"),
    "struck out": re.compile(r"~~([\s\S]+?)~~"),
    "spoiler": re.compile(r"\|\|([\s\S]+?)\|\|"),
    "link": re.compile(r"(?:https?|steam|discord)://[^\s<]+"),
    "masked link": re.compile(r"\[[^\]]*\]\([^)]*\)"),
    "mention, emoji or time": re.compile(
        r"<(?:@[!&]?\d+|#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|/[^>]+:\d+|id:\w+|[^>\s]+:[^>]+|[^>]+@[^>]+)>"
    ),
    "emoji": re.compile(r":[^\s:]+?(?:::skin-tone-\d)?:"),
    "everyone": re.compile(r"@(everyone|here)\b"),
}
_LINE = re.compile(r"(#{1,3}\s|-#\s|\s*[-*]\s|\s*\d+\.\s|>>?>?\s)")


class Reshaped(AssertionError):
    """A text would be shown as something other than itself."""


def shown(markdown: str) -> tuple[str, str]:
    """Return the text that ``markdown`` shows and the characters of it that are bold.

    Raises:
        Reshaped: part of it would be shown as something else.
    """
    plain, bold = [], []
    for line in markdown.split("\n"):
        if _LINE.match(line):
            raise Reshaped(f"line {line!r}")
        text, marked = _inline(line)
        plain.append(text)
        bold.append(marked)
    return "\n".join(plain), "".join(bold)


def _inline(line: str) -> tuple[str, str]:
    plain, bold, place = "", "", 0
    while place < len(line):
        if escape := _ESCAPE.match(line, place):
            plain += escape[1]
            place = escape.end()
        elif strong := _BOLD.match(line, place):
            inner, _ = _inline(strong[1])
            plain, bold, place = plain + inner, bold + inner, strong.end()
        else:
            for name, rule in _FORBIDDEN.items():
                if rule.match(line, place):
                    raise Reshaped(f"{name} at {line[place : place + 40]!r}")
            plain += line[place]
            place += 1
    return plain, bold


def block_quote(markdown: str) -> str:
    """Return the Markdown inside the block quote of a card, without the marks that say that the text goes on."""
    lines = [line.removeprefix("> ") for line in markdown.split("\n") if line.startswith("> ")]
    return "\n".join(lines).removeprefix("[…]\n").removesuffix("\n[…]")

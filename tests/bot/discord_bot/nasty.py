"""Texts that make trouble in Discord: long, bold, code, links, pings, emoji, right to left, zero width, combining."""

import random

PIECES = (
    "The council must keep a list of assets of community value.",
    "@everyone",
    "@here <@501> <@&7> <#200> </ask:1> <id:browse> <t:1700000000:R>",
    "**bold** __under__ *it* _al_ ~~out~~ ||spoiler|| ***",
    "```py\nprint('x')\n```",
    "`code` ``co`de``",
    "https://example.org/a_b?c=*d* <https://example.org> [x](https://example.org)",
    "discord.gg/abc mailto:a@b.org +44 20 7946 0000 <+442079460000>",
    "# heading\n## two\n-# small\n> quoted\n>>> all\n- item\n* item\n  - deeper\n1. one\n2) two",
    ":tada: :+1::skin-tone-2: <:name:123> <a:name:123> 10:30:45",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇬🇧 👍🏽 ✊",
    "שלום עולם \u202eright to left\u202c مرحبا \u2067isolated\u2069",
    "zero\u200bwidth\u200cjoin\u200der\ufeff",
    "e\u0301 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "C:\\path\\*\\_x_ \\\\ ¯\\_(ツ)_/¯",
    "''' \"\"\" <b>bold</b> <script>alert(1)</script> {braces} %s $x",
    "\t tab \u00a0no-break\u2028line\u2029paragraph",
    "§ 95(6) “quoted” — dash … £1,000",
)


def chance_of(seed: int) -> random.Random:
    """Return a source of chance that gives the same texts for the same ``seed``."""
    return random.Random(seed)  # noqa: S311  # makes test texts, no secrets


def nasty_text(chance: random.Random, most: int = 9000) -> str:
    """Return a random text of at most ``most`` characters that begins and ends with something visible."""
    wanted = int(most ** chance.random())
    parts: list[str] = []
    while sum(map(len, parts)) < wanted:
        piece = chance.choice(PIECES)
        parts.append(piece if chance.random() < 0.7 else "".join(chance.sample(piece, len(piece))))
        parts.append(chance.choice((" ", "\n", "\n\n", "", "*", "_")))
    return f"a{''.join(parts)[:most]}z"


def spans(chance: random.Random, length: int) -> tuple[tuple[int, int], ...]:
    """Return up to three half-open ranges in a text of ``length`` characters, in order."""
    edges = sorted(chance.randint(0, length) for _ in range(2 * chance.randint(0, 3)))
    return tuple((start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end)

"""A card for Discord as a page, so that a picture can be taken of it.

Comes in: a folder of builds and a question. Goes out: HTML of what Discord would be given, in plain greys. Refuses to look like
Discord itself: it draws what stands on the card, and where, no more.
"""

import html
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUTTON, MENU, TEXT = 2, 3, 10
Component = Mapping[str, Any]
STYLE = """
body { margin: 0; background: #fff; font: 16px/1.45 system-ui, "DejaVu Sans", sans-serif; color: #26231f }
main { display: inline-block; box-sizing: border-box; width: 720px; padding: 16px }
.label { color: #5d5149; font-size: 13px; margin: 0 0 8px }
.card { border: 1px solid #cfc6ba; border-left: 5px solid var(--accent); border-radius: 8px; background: #faf8f4; padding: 14px 16px }
.card p, .card h3 { margin: 0 0 6px } h3 { font-size: 18px } .small { font-size: 13px; color: #5d5149 }
blockquote { margin: 0 0 8px; padding-left: 12px; border-left: 4px solid #cfc6ba } blockquote p { margin: 0; min-height: 10px }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px }
.row span { border: 1px solid #b9ae9f; border-radius: 8px; background: #ece6dc; padding: 6px 14px; font-size: 14px; font-weight: 600 }
.row .menu { flex: 1; font-weight: 400; display: flex; justify-content: space-between }
"""


def card_html(builds: Path, question: str) -> str:
    """Return a page with the card that answers ``question``."""
    (card,) = card_of(builds, question)
    accent = f"#{card['accent_color']:06x}"
    parts = "".join(_drawn(each) for each in card["components"])
    label = "Drawing of the card that answers /ask. Discord draws it in its own letters and colours."
    return (
        f"<!DOCTYPE html><meta charset='utf-8'><style>{STYLE}</style><main style='--accent: {accent}'>"
        f"<p class='label'>{label}</p><div class='card'>{parts}</div></main>"
    )


def card_of(builds: Path, question: str) -> list[dict[str, Any]]:
    """Return the components that Discord would be given."""
    command = [sys.executable, "-m", "benchmarks.discord_show", "--index", str(builds), "--json", question]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    components: list[dict[str, Any]] = json.loads(told.partition("----- card")[2].partition("----- plain text")[0])
    return components


def _drawn(component: Component) -> str:
    if component["type"] == TEXT:
        return text_html(component["content"])
    return f"<div class='row'>{''.join(_control(each) for each in component.get('components', ()))}</div>"


def _control(component: Component) -> str:
    if component["type"] == BUTTON:
        arrow = " ↗" if "url" in component else ""
        return f"<span>{html.escape(component['label'])}{arrow}</span>"
    if component["type"] == MENU:
        return f"<span class='menu'>{html.escape(component['placeholder'])}<b>⌄</b></span>"
    raise ValueError(f"a component of type {component['type']} has no drawing yet; add it to {__name__}")


def text_html(text: str) -> str:
    """Return ``text``, in the part of Discord's Markdown that our cards use, as HTML."""
    lines = "\n".join(_line(line) for line in text.split("\n"))
    return re.sub(r"</blockquote>\n<blockquote>", "", lines)


def _line(line: str) -> str:
    for mark, (before, after) in _LINES.items():
        if line.startswith(mark):
            return f"{before}{_inline(line.removeprefix(mark))}{after}"
    return f"<p>{_inline(line)}</p>"


_LINES = {
    "### ": ("<h3>", "</h3>"),
    "> ": ("<blockquote><p>", "</p></blockquote>"),
    "-# ": ("<p class='small'>", "</p>"),
}


def _inline(text: str) -> str:
    escaped = html.escape(text, quote=False)
    escaped = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escaped)
    escaped = re.sub(r"\[([^\]]+)\]\(&lt;[^)]*&gt;\)", r"<u>\1</u>", escaped)
    return re.sub(r"\\(\W)", r"\1", escaped)

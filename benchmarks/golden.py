"""Write benchmarks/GOLDEN.md: what the corpus holds, how the golden questions come out, and ten answers as an activist sees them.

    python -m benchmarks.golden [--index index/builds] [--corpus corpus] [--output benchmarks/GOLDEN.md]

The live build must have been made from the corpus. The ten questions are written for this page; none is a golden question.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.answering.answer_service import AnswerService
from bot.answering.answers import Answer, Status
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build, open_live_build
from index.evaluation.command import questions_of_part, share
from index.evaluation.golden_run import FOLLOW_UP, GoldenReport, Tally, evaluate_golden

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("tuned", "held-back")
ASKED = (
    "The brewery has put our pub up for sale. What's the first thing to do?",
    "how long have we got once the owner tells the council hes selling",
    "Can our WhatsApp group of neighbours stop the clock on the sale?",
    "council wants to hand the leisure centre to a contractor, can staff put in for it instead?",
    "Do we need a minimum turnout for the neighbourhood plan vote?",
    "When does full council vote on the pay policy and can we get the living wage into it?",
    "They invite us to a board but they decide everything beforehand. What does the power cube call that?",
    "Is the new community right to buy in force?",
    "How do I register a village green?",
    "who won the football last night",
)
BY_HAND = "## What was added"  # headings that begin so, and all after them, are written by people
HEADS = {Status.ANSWERED: "Found", Status.UNCERTAIN: "Perhaps this helps", Status.NOT_FOUND: "Not found"}


def main() -> int:
    """Write the page; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "GOLDEN.md")
    given = parser.parse_args()
    build = open_live_build(given.index)
    reports = {part: evaluate_golden(build, questions_of_part(given.corpus, part)) for part in PARTS}
    by_hand = _by_hand(given.output)
    given.output.write_text(
        "\n".join([*_opening(), *_holdings(build), *_golden(reports), *_answers(build)]) + by_hand, encoding="utf-8"
    )
    print(f"written: {given.output}")
    build.close()
    return 0


def _by_hand(page: Path) -> str:
    """Return what people wrote at the end of the page, which is kept."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    place = text.find(f"\n{BY_HAND}")
    return text[place:] if place >= 0 else ""


def _opening() -> list[str]:
    return [
        "# The corpus and the golden questions",
        "",
        "Written by `python -m benchmarks.golden`. What the columns mean stands below each table.",
        "",
    ]


def _holdings(build: Build) -> list[str]:
    rows, whole = [], [0, 0, 0]
    for document in build.records.documents:
        pages = build.records.pages(document.id)
        counts = (
            sum(len(page.text.split()) for page in pages),
            len(pages),
            len(build.records.rows_of(document.id)),
        )
        whole = [sum(pair) for pair in zip(whole, counts, strict=True)]
        rows.append(_row(document.id, *(f"{count:,}" for count in counts)))
    return [
        "## What the corpus holds",
        "",
        _row("document", "words", "sections", "passages"),
        _row("---", "--:", "--:", "--:"),
        *rows,
        _row("**all**", *(f"**{count:,}**" for count in whole)),
        "",
        "Words are those that can be quoted: without headings, sources and headers.",
        "",
    ]


def _golden(reports: Mapping[str, GoldenReport]) -> list[str]:
    lines = ["## Golden questions", ""]
    lines += _table("part", {part: report.whole for part, report in reports.items()})
    lines += [
        "First, in three: the right section stands first, among the first three, whether or not the search was sure of it. "
        "Lost: refused though the corpus answers. Kept: refused, and rightly. The held-back part was never looked at question by "
        "question.",
        "",
    ]
    for part, report in reports.items():
        lines += [f"### {part}: by document", ""]
        lines += _table("document", report.per_document)
        lines += [f"### {part}: by kind", ""]
        lines += _table("kind", report.per_kind)
        lines += [f"### {part}: by verdict", ""]
        lines += _table("verdict", report.per_verdict)
    return [*lines, f"Of the questions with an answer, “{FOLLOW_UP}” are those that need the question before them.", ""]


def _table(title: str, tallies: Mapping[str, Tally]) -> list[str]:
    columns = ("questions", "first", "in three", "lost", "to refuse", "kept")
    lines = [_row(title, *columns), _row("---", *("--:" for _ in columns))]
    for name, tally in tallies.items():
        found = (tally.first, tally.in_three, tally.refused_wrongly)
        kept = (tally.refused,)
        lines.append(
            _row(
                name,
                str(tally.answerable),
                *(share(count, tally.answerable) for count in found),
                str(tally.refusable),
                *(share(count, tally.refusable) for count in kept),
            )
        )
    return [*lines, ""]


def _answers(build: Build) -> list[str]:
    service = AnswerService(build)
    lines = ["## Ten answers as an activist sees them", ""]
    for number, question in enumerate(ASKED, start=1):
        lines += [f"### {number}. {question}", "", *_answer(service.answer(question, limit=1)), ""]
    return lines


def _answer(answer: Answer) -> list[str]:
    head = f"**{HEADS[answer.status]}** (confidence {answer.confidence:.0%})"
    if answer.status is Status.NOT_FOUND:
        nearest = f"Nearest titles: {'; '.join(answer.nearest)}." if answer.nearest else ""
        return [head, "", answer.signpost or "Nothing in the sources answers this.", "", nearest]
    quote = answer.quotes[0]
    return [head, "", *(f"> {line}".rstrip() for line in quote.text.split("\n")), "", f"— {quote.citation.text}"]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())

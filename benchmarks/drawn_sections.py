"""Draw sections of our own briefings at random, to be read sentence by sentence by somebody who did not write them.

    python -m benchmarks.drawn_sections SEED [--number 40] [--skip 0]

In goes a seed; out come that many sections, each with its text's name, its heading, its marks and its sentences numbered: a paragraph
is cut where a full stop, question or exclamation mark stands before a capital, and each list entry counts as one. The same seed draws
the same sections as long as no section is added or renamed; ``--skip 40`` draws the forty after them, none of them drawn before. It
knows no facts and judges nothing: a reader marks each sentence right, misleading or unsupported (docs/decisions/0018).
"""

import argparse
import random
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BRIEFINGS = Path(__file__).resolve().parents[1] / "corpus" / "briefings"
HEADING = re.compile(r"^## ", re.MULTILINE)
LIST_ENTRY = re.compile(r"(?:-|\d+\.) ")
ENDS = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][”)])) (?=[“A-Z])")


@dataclass(frozen=True)
class Section:
    """One section: the text's file without its ending, the heading, the lines that begin with “>”, the sentences in order."""

    text: str
    heading: str
    marks: tuple[str, ...]
    sentences: tuple[str, ...]


def main() -> int:
    """Print the drawn sections."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("--number", type=int, default=40, help="how many sections")
    parser.add_argument("--skip", type=int, default=0, help="how many drawn sections are left out first")
    options = parser.parse_args()
    drawn = draw(sections_in(BRIEFINGS), options.seed, options.number, options.skip)
    for number, section in enumerate(drawn, 1):
        print(f"\n{number}. {section.text}: {section.heading}\n   {' | '.join(section.marks)}")
        for position, sentence in enumerate(section.sentences, 1):
            print(f"   {number}.{position} {sentence}")
    print(f"\n{len(drawn)} sections, {sum(len(section.sentences) for section in drawn)} sentences.")
    return 0


def sections_in(folder: Path) -> list[Section]:
    """Return every section of every text of a folder, texts in the order of their names."""
    return [section for path in sorted(folder.glob("*.md")) for section in _sections_of(path)]


def draw(sections: Sequence[Section], seed: int, number: int, skip: int = 0) -> list[Section]:
    """Return ``number`` sections, those from place ``skip`` on in the order that the seed gives, sorted as they stand in the texts."""
    order = random.Random(seed).sample(range(len(sections)), len(sections))  # noqa: S311 - a draw, no secret
    return [sections[place] for place in sorted(order[skip : skip + number])]


def sentences_of(body: str) -> tuple[str, ...]:
    """Return the sentences of a section's text below its heading: list entries are one sentence each, lines with “>” are none."""
    lines = [line for line in body.splitlines() if line and not line.startswith(">")]
    return tuple(sentence for line in lines for sentence in ([line] if LIST_ENTRY.match(line) else ENDS.split(line)))


def _sections_of(path: Path) -> list[Section]:
    _, *sections = HEADING.split(path.read_text(encoding="utf-8"))
    return [_section(path.stem, *section.split("\n", 1)) for section in sections]


def _section(text: str, heading: str, body: str) -> Section:
    marks = tuple(line.removeprefix("> ") for line in body.splitlines() if line.startswith(">"))
    return Section(text, heading, marks, sentences_of(body))


if __name__ == "__main__":
    sys.exit(main())

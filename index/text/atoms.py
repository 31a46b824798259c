"""Cut a page into atoms: the smallest pieces that splitting moves, mostly sentences.

Comes in: a page. Goes out: atoms in order, which cover every character but white space. Refuses to know how long a passage
may be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.records import Heading, Page, Span
from index.text.sentences import split_sentences

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
# Where a sentence that is too long may be cut, best first: clauses, then words.
_CLAUSE_BORDER = re.compile(r"[;:]\s+|,\s+|\s[–—-]\s+|\n\s*")
_WORD_BORDER = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a page that is moved whole: a sentence, a heading, a list or table, or a part of one that is too long."""

    start: int
    end: int  # half-open, in the page's text
    sentences: tuple[Span, ...]  # in the page's text
    heading: Heading | None = None
    ends_paragraph: bool = False

    def parts(self, text: str) -> list["Atom"]:
        """Return smaller atoms: the sentences, else the two halves of the only one; the atom alone if it is one character."""
        if len(self.sentences) > 1:
            spans = list(self.sentences)
        elif cut := _cut_near_middle(text, self.start, self.end):
            spans = [(self.start, cut[0]), (cut[1], self.end)]
        else:
            return [self]
        return [Atom(a, b, ((a, b),), self.heading, self.ends_paragraph and b == self.end) for a, b in spans]


def _cut_near_middle(text: str, start: int, end: int) -> Span | None:
    """Return the gap at which to cut a sentence: the clause or word border nearest its middle, else between two characters."""
    middle = (start + end) // 2
    for border, reach in ((_CLAUSE_BORDER, (end - start) // 4), (_WORD_BORDER, end - start)):
        gaps = [(_last_mark(text, match), match.end()) for match in border.finditer(text, start + 1, end - 1)]
        near = [gap for gap in gaps if abs(gap[0] - middle) <= reach]
        if near:
            return min(near, key=lambda gap: abs(gap[0] - middle))
    return (middle, middle) if end - start > 1 else None


def _last_mark(text: str, border: re.Match[str]) -> int:
    """Return where the cut's left side ends: after the comma or dash, before all white space."""
    end = border.end()
    while text[end - 1].isspace():
        end -= 1
    return end


def atoms_of(page: Page) -> list[Atom]:
    """Return the atoms of a page: headings and ``keep_together`` ranges whole, all else by sentences."""
    atoms: list[Atom] = []
    position = 0
    for start, end, heading in _fixed_ranges(page):
        atoms.extend(_sentence_atoms(page.text, position, start))
        atoms.extend(_whole_atom(page.text, start, end, heading))
        position = end
    atoms.extend(_sentence_atoms(page.text, position, len(page.text)))
    return atoms


def _fixed_ranges(page: Page) -> list[tuple[int, int, Heading | None]]:
    """Return headings and ``keep_together`` ranges in order, without overlaps: what begins earlier wins, headings first."""
    ranges: list[tuple[int, int, Heading | None]] = [(h.start, h.end, h) for h in page.headings]
    ranges += [(start, end, None) for start, end in page.keep_together]
    ranges.sort(key=lambda fixed: (fixed[0], fixed[2] is None))
    kept: list[tuple[int, int, Heading | None]] = []
    for fixed in ranges:
        if not kept or fixed[0] >= kept[-1][1]:
            kept.append(fixed)
    return kept


def _sentence_atoms(text: str, start: int, end: int) -> Iterator[Atom]:
    spans = [(start + a, start + b) for a, b in split_sentences(text[start:end])]
    for index, span in enumerate(spans):
        after = text[span[1] : spans[index + 1][0]] if index + 1 < len(spans) else "\n\n"
        yield Atom(*span, (span,), ends_paragraph=bool(_BLANK_LINE.match(after)))


def _whole_atom(text: str, start: int, end: int, heading: Heading | None) -> Iterator[Atom]:
    sentences = tuple((start + a, start + b) for a, b in split_sentences(text[start:end]))
    if not sentences:
        return
    if heading:  # a heading is one sentence, whatever stops it holds
        sentences = ((sentences[0][0], sentences[-1][1]),)
    yield Atom(sentences[0][0], sentences[-1][1], sentences, heading, ends_paragraph=True)

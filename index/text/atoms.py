"""Cut a page into atoms, the smallest pieces that splitting moves: mostly sentences, whose beginnings and ends are found here.

Comes in: a page, in whose text a blank line parts paragraphs and a line break may or may not end a sentence. Goes out: atoms in
order, with their sentences, which cover every character but white space. Refuses to know how long a passage may be; what is English
about sentences stands in ``index.text.language``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.records import Heading, Page, Span
from index.text.language import NUMBERING, OPENERS, POINTING

# A run of marks is taken whole and from its beginning only: a line of ten thousand leader dots is looked at once, not once for each.
_TERMINATOR = re.compile(
    r"(?<![.!?…])(?P<marks>[.!?…]++)(?P<closers>[\"'”’»)\]]*+)(?P<note>\d{1,3}| ?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})?(?=\s)"
)
_LAST_WORD = re.compile(r"[^\s(\[“‘\"']*$")
_FIRST_WORD = re.compile(r"[\s\"'“‘«(\[]*([^\s.,;:!?)\]”’]*)")
_BULLET = re.compile(r"\s*(?:[-–—*•●○◦▪■□➢►✓✔·\uf0b7\uf0a7]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])(?:\s|$)")
_INITIALS = re.compile(r"(?:[A-Z]\.)*[A-Z]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_WRAP_WIDTHS = range(40, 130)  # characters a line; narrower is a list, wider is not wrapped by hand
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
# Where a sentence that is too long may be cut, best first: clauses, then words.
_CLAUSE_BORDER = re.compile(r"[;:]\s+|,\s+|\s[–—-]\s+|\n\s*")
_WORD_BORDER = re.compile(r"\s+")


def split_sentences(text: str) -> list[Span]:
    """Return half-open spans of the sentences of ``text``, in order.

    Spans do not overlap, neither begin nor end with white space, and together hold every other character. A heading, a list
    entry and a paragraph end a sentence even without a full stop.
    """
    spans: list[Span] = []
    start = 0
    for gap in [*_BLANK_LINE.finditer(text), None]:
        end = gap.start() if gap else len(text)
        spans.extend(_split_paragraph(text, start, end))
        start = gap.end() if gap else end
    return spans


def _split_paragraph(text: str, start: int, end: int) -> list[Span]:
    borders = [start, *_line_borders(text, start, end), end]
    spans: list[Span] = []
    for line_start, line_end in pairwise(borders):
        cuts = [line_start, *_sentence_borders(text, line_start, line_end), line_end]
        spans.extend(_trimmed(text, a, b) for a, b in pairwise(cuts))
    return _join_lone_marks(text, [span for span in spans if span[0] < span[1]])


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _join_lone_marks(text: str, spans: list[Span]) -> list[Span]:
    """Join a bullet or a dash that stands alone on its line to the text below it."""
    joined: list[Span] = []
    alone = False  # whether the last of them holds marks only
    for start, end in spans:
        only_marks = not any(map(str.isalnum, text[start:end]))
        joined.append((joined.pop()[0] if alone else start, end))
        alone = only_marks
    return joined


def _line_borders(text: str, start: int, end: int) -> list[int]:
    """Return the positions in a paragraph where a line break ends a sentence."""
    breaks = [start + match.start() for match in re.finditer("\n", text[start:end])]
    if not breaks:
        return []
    edges = [start, *[at + 1 for at in breaks], end + 1]
    lines = [text[a : b - 1] for a, b in pairwise(edges)]
    wrapped = _is_wrapped(lines)
    return [
        at
        for at, above, below in zip(breaks, lines, lines[1:], strict=False)
        if not (_continues(above, below) and (wrapped or _runs_on(above, below)))
    ]


def _continues(above: str, below: str) -> bool:
    return not (_BULLET.match(below) or above.rstrip().endswith(":"))


def _runs_on(above: str, below: str) -> bool:
    """Tell whether a line of prose goes on in the next: long, unfinished, and the next begins in lower case."""
    return len(above) >= _WRAP_WIDTHS.start and above.rstrip()[-1:] not in ".!?:;" and below.lstrip()[:1].islower()


def _is_wrapped(lines: list[str]) -> bool:
    """Tell whether lines were broken by width: nearly every next line's first word would not have fitted above it."""
    width = max(len(line.rstrip()) for line in lines)
    if len(lines) < 3 or width not in _WRAP_WIDTHS:
        return False
    full = [len(above.rstrip()) + 1 + len((below.split() or [""])[0]) > width for above, below in pairwise(lines)]
    return sum(full) >= 0.8 * len(full)


def _sentence_borders(text: str, start: int, end: int) -> list[int]:
    # A line's own marker ("1.", "(a)") belongs to what follows it.
    marker = _BULLET.match(text, start, end)
    first = marker.end() if marker else start
    found = _TERMINATOR.finditer(text, first, end)
    return [match.end() for match in found if _ends_sentence(text, first, match, end)]


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    before = _LAST_WORD.search(text[max(start, match.start() - 40) : match.start()])
    word = before.group() if before else ""
    if (match["note"] or "").isdecimal() and not (word.isalpha() and len(word) > 2):
        return False  # "s.95", "3.12": a number, not a footnote's mark
    following = _FIRST_WORD.match(text, match.end(), end)
    next_word = following.group(1) if following else ""
    if not next_word:
        return True
    if next_word[0].islower() and next_word[0] not in "•":
        return False
    return match["marks"] != "." or not _is_abbreviation(word, next_word, bool(match["closers"]))


def _is_abbreviation(word: str, next_word: str, closed: bool) -> bool:
    """Tell whether the full stop after ``word`` belongs to it, seeing the word that follows."""
    if closed:
        return False
    bare = word.lower().strip(".")
    if bare in POINTING:
        return True
    if bare in NUMBERING and (next_word[0].isdigit() or _BULLET.match(next_word + ". ")):
        return True
    return bool(_INITIALS.fullmatch(word)) and next_word not in OPENERS


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
        yield Atom(*span, (span,), ends_paragraph=bool(_EMPTY_LINE.match(after)))


def _whole_atom(text: str, start: int, end: int, heading: Heading | None) -> Iterator[Atom]:
    sentences = tuple((start + a, start + b) for a, b in split_sentences(text[start:end]))
    if not sentences:
        return
    if heading:  # a heading is one sentence, whatever stops it holds
        sentences = ((sentences[0][0], sentences[-1][1]),)
    yield Atom(sentences[0][0], sentences[-1][1], sentences, heading, ends_paragraph=True)

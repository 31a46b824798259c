"""Split pages into passages: verbatim slices of a useful length, cut at sentence and paragraph borders.

Comes in: a document, its pages, a geometry and a way to count the encoder's tokens. Goes out: passages. Refuses to know how
pages were read and which encoder counts. It stands in ``index/`` because evaluation splits with the same code as ingest.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.records import Document, Page, Passage, passage_id
from index.text.atoms import Atom, atoms_of

TokenCounter = Callable[[str], int]

SPECIAL_TOKENS = 2  # the encoder's [CLS] and [SEP]
_LEAST_TOKENS = 64  # a prefix takes about 40
_PREFIX_WORDS = 24  # about 40 tokens of English headings
_PREFIX_CHARACTERS = 180
# Costs of a bad end, against the squared share by which a passage's length misses its target.
_BROKEN_PARAGRAPH = 0.15
_HEADING_ALONE = 9.0


@dataclass(frozen=True, slots=True)
class Geometry:
    """How long passages are. It stands in the manifest: another geometry is another build."""

    target_words: int = 120
    max_tokens: int = 256  # of the encoder, with prefix and special tokens
    version: int = 1  # raised when splitting changes for the same numbers

    def __post_init__(self) -> None:
        if self.target_words < 1 or self.max_tokens < _LEAST_TOKENS:
            raise ValueError(
                f"a passage needs at least 1 word and {_LEAST_TOKENS} tokens, not {self.target_words} and {self.max_tokens}"
            )


def embedding_prefix(document: Document, section: Sequence[str]) -> str:
    """Return the line that stands before a passage's text when it is embedded: title and headings, at most about 40 tokens.

    Where the whole path is too long the middle is left out: the title and the nearest heading say most.
    """
    parts = [part for part in (document.title, *section) if part]
    while len(parts) > 2 and len(" ".join(parts).split()) > _PREFIX_WORDS:
        del parts[1]
    words = " > ".join(parts).split()[: _PREFIX_WORDS + len(parts)]
    return " ".join(words)[:_PREFIX_CHARACTERS].rstrip() + "\n" if words else ""


def embedding_text(document: Document, passage: Passage) -> str:
    """Return what is embedded for a passage: title and headings, then its text. What is quoted never has the prefix."""
    return embedding_prefix(document, passage.section) + passage.text


def split_pages(document: Document, pages: Sequence[Page], geometry: Geometry, count_tokens: TokenCounter) -> list[Passage]:
    """Return the passages of a document in reading order.

    Every passage is ``page.text[start:end]``, stays on its page and begins and ends without white space; together they hold
    every other character. ``count_tokens`` counts without special tokens; prefix, text and those fit into
    ``geometry.max_tokens``, unless a single character does not.
    """
    seen: Counter[str] = Counter()
    passages: list[Passage] = []
    for page in pages:
        for section, atoms in _sections(page):
            prefix = embedding_prefix(document, section)
            budget = _Budget(page.text, prefix, geometry, count_tokens)
            for group in budget.pack(atoms):
                passages.append(_passage(document, page, section, group, seen))
    return passages


def _sections(page: Page) -> Iterator[tuple[tuple[str, ...], list[Atom]]]:
    """Yield stretches of a page under one heading path; a heading goes with the text after it.

    Headings directly below each other stay with the text that follows the last. A heading at the foot of a page stays with the
    text above it: alone it would be a passage that answers nothing.
    """
    path, stretch, has_text = page.section, list[Atom](), False
    atoms = atoms_of(page)
    last_text = max((index for index, atom in enumerate(atoms) if not atom.heading), default=len(atoms))
    for index, atom in enumerate(atoms):
        if index > last_text:
            stretch.append(atom)
            continue
        if atom.heading and has_text:
            yield path, stretch
            stretch, has_text = [], False
        if atom.heading:
            path = (*path[: atom.heading.level - 1], atom.heading.text)
        has_text = has_text or not atom.heading
        stretch.append(atom)
    if stretch:
        yield path, stretch


def _passage(document: Document, page: Page, section: tuple[str, ...], atoms: Sequence[Atom], seen: Counter[str]) -> Passage:
    start, end = atoms[0].start, atoms[-1].end
    text = page.text[start:end]
    identity = passage_id(document.id, text, seen[text])
    seen[text] += 1
    sentences = tuple((a - start, b - start) for atom in atoms for a, b in atom.sentences)
    keys = (*section[-1:], *page.asked)
    return Passage(identity, document.id, page.number, start, end, text, section, sentences, keys)


class _Budget:
    """Packs the atoms of one section into passages that fit the encoder and lie near the target length."""

    def __init__(self, text: str, prefix: str, geometry: Geometry, count_tokens: TokenCounter) -> None:
        self._text = text
        self._prefix = prefix
        self._target = geometry.target_words
        self._room = geometry.max_tokens - SPECIAL_TOKENS
        self._count = count_tokens

    def pack(self, atoms: Iterable[Atom]) -> list[list[Atom]]:
        """Return consecutive groups of ``atoms``, each a passage."""
        fitting: list[Atom] = []
        for atom in atoms:
            leading = fitting[0].start if all(piece.heading for piece in fitting) and fitting else atom.start
            fitting.extend(self._made_fitting(atom, leading))
        return [part for group in self._best_groups(fitting) for part in self._halved(group)]

    def _fits(self, start: int, end: int) -> bool:
        return self._count(self._prefix + self._text[start:end]) <= self._room

    def _made_fitting(self, atom: Atom, leading: int) -> list[Atom]:
        """Return the atom whole, else by sentences, else (one sentence too long) by clauses, words or characters.

        ``leading`` is where the headings above the atom begin, which must fit in with it.
        """
        if self._fits(leading, atom.end):
            return [atom]
        parts = atom.parts(self._text)
        if len(parts) == 1:
            return [atom]
        starts = [leading, *[part.start for part in parts[1:]]]
        return [piece for part, start in zip(parts, starts, strict=True) for piece in self._made_fitting(part, start)]

    def _halved(self, group: list[Atom]) -> list[list[Atom]]:
        # The sum of its atoms' tokens is only an estimate of a passage's tokens; the last word has the counter.
        if len(group) == 1 or self._fits(group[0].start, group[-1].end):
            return [group]
        middle = len(group) // 2
        return self._halved(group[:middle]) + self._halved(group[middle:])

    def _best_groups(self, atoms: list[Atom]) -> list[list[Atom]]:
        """Choose the cuts of least total cost (dynamic programming over the last cut)."""
        words = [len(self._text[atom.start : atom.end].split()) for atom in atoms]
        tokens = [self._count(self._text[atom.start : atom.end]) for atom in atoms]
        room = self._room - self._count(self._prefix)
        costs, cuts = [0.0], [0]
        for end in range(1, len(atoms) + 1):
            options = self._options(words, tokens, end, room)
            ending = self._ending_cost(atoms[end - 1], end == len(atoms))
            best = min((costs[first] + self._length_cost(length) + ending, first) for first, length in options)
            costs.append(best[0])
            cuts.append(best[1])
        return _groups(atoms, cuts)

    def _options(self, words: list[int], tokens: list[int], end: int, room: int) -> Iterator[tuple[int, int]]:
        """Yield (first atom, words) of every group that ends before atom ``end`` and has room; a lone atom always has."""
        length = used = 0
        for first in range(end - 1, -1, -1):
            length += words[first]
            used += tokens[first]
            if first < end - 1 and (used > room or length > 2 * self._target):
                return
            yield first, length

    def _length_cost(self, words: int) -> float:
        miss = (words - self._target) / self._target
        return miss * miss

    def _ending_cost(self, last: Atom, at_end: bool) -> float:
        if at_end:
            return 0.0
        if last.heading:
            return _HEADING_ALONE
        return 0.0 if last.ends_paragraph else _BROKEN_PARAGRAPH


def _groups(atoms: list[Atom], cuts: list[int]) -> list[list[Atom]]:
    groups: list[list[Atom]] = []
    end = len(atoms)
    while end:
        groups.append(atoms[cuts[end] : end])
        end = cuts[end]
    return groups[::-1]

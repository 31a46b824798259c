"""Suggest questions as a person types: headings of sections, and the questions that the corpus offers as examples.

Comes in: the first letters of a question. Goes out: texts that go on from them. Refuses to answer anything, and to suggest what may
not be answered: a golden question measures the search and may fail, a term or a title is no question.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from index.build.reader import Build
from index.lexicon import Lexicon

MOST_SUGGESTIONS = 8
LONGEST_EXAMPLE = 75  # characters: two lines on a phone
LONGEST_TYPED = 200  # characters that are looked at
MOST_TYPED = 24  # different words that are looked for; no suggestion has so many


class Origin(Enum):
    """Where a suggestion comes from."""

    QUESTION = "question"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that can be asked as it stands."""

    text: str
    origin: Origin


def examples_of(lexicon: Lexicon, most: int) -> list[str]:
    """Return the first of the corpus's examples; of a corpus that offers none, questions that are short and written as sentences."""
    if lexicon.site.examples:
        return list(lexicon.site.examples[:most])
    neat = [text for text in lexicon.suggestions if text[:1].isupper() and text.endswith("?") and len(text) <= LONGEST_EXAMPLE]
    return neat[:most]


class Suggester:
    """Knows everything that a build can suggest."""

    def __init__(self, build: Build) -> None:
        """Gather the examples and headings of ``build``."""
        unique = {suggestion.text.casefold(): suggestion for suggestion in reversed(list(all_of(build)))}
        self._known = [(_words(key), suggestion) for key, suggestion in reversed(unique.items())]

    def suggest(self, typed: str, most: int = MOST_SUGGESTIONS) -> list[Suggestion]:
        """Return suggestions in which every typed word begins a word; those that begin like ``typed`` first."""
        wanted = _words(typed[:LONGEST_TYPED].casefold())
        if not wanted:
            return []
        different = tuple(dict.fromkeys(wanted))[:MOST_TYPED]
        found = [(words, suggestion) for words, suggestion in self._known if _fits(different, words)]
        # Sorting is stable: within each half the order stays question, heading.
        found.sort(key=lambda pair: not suggestion_begins(pair[0], wanted))
        return [suggestion for _, suggestion in found[:most]]


def suggestion_begins(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether ``words`` begin with ``wanted``, whose last word may be unfinished."""
    return (
        words[: len(wanted) - 1] == wanted[:-1] and len(words) >= len(wanted) and words[len(wanted) - 1].startswith(wanted[-1])
    )


def _fits(wanted: Iterable[str], words: tuple[str, ...]) -> bool:
    return all(any(word.startswith(begun) for word in words) for begun in wanted)


def _words(text: str) -> tuple[str, ...]:
    return tuple("".join(letter if letter.isalnum() else " " for letter in text.replace("’", "").replace("'", "")).split())


def all_of(build: Build) -> Iterator[Suggestion]:
    """Yield everything that can be suggested from ``build``, examples first."""
    yield from (Suggestion(question, Origin.QUESTION) for question in build.lexicon.site.examples)
    for document in build.records.documents:
        for page in build.records.pages(document.id):
            if page.section:
                yield Suggestion(page.section[-1], Origin.HEADING)

"""Say what helps beside the quotes or instead of them: what can be asked, what a term means, and where to go on.

Comes in: the first letters of a question; a question and the glossary; a decision and the hits. Goes out: headings of sections, and
the questions that the corpus offers as examples, that go on from the letters; the entry that is asked for; one text; or nothing.
Refuses to guess, only a whole term counts, to decide whether an answer is shown, and to suggest what may not be answered: a golden
question measures the search and may fail, a term or a title is no question.

A signpost of the corpus comes first. Where none is near, the section "Who handles this, and where do we go?" of the document that
was found says it, in its own words. What is no question gets a word of what can be asked here.
"""

import string
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path

from index.abstention.decision import Decision, Status
from index.abstention.scope import Kind
from index.build.reader import Build
from index.documents.store import Records
from index.lexicon import Lexicon, Term
from index.records import Passage
from index.retrieval.searcher import Hit
from index.text.language import ASKING_MEANING, DESK_HEADING

MOST_SUGGESTIONS = 8
LONGEST_EXAMPLE = 75  # characters: two lines on a phone
LONGEST_TYPED = 200  # characters that are looked at
MOST_TYPED = 24  # different words that are looked for; no suggestion has so many
_ENDS = f"{string.whitespace}?.!"  # what a question may end with
_AROUND = 80  # characters that a question may have beside the term: "please", "what does … stand for", white space
LANGUAGES = Path(__file__).with_name("other_languages.toml")
_MOST = 600  # characters of such a section: its first sentences name the desks
_LARGEST = 200  # passages of a document that is looked through
_REMEMBERED = 256  # documents
ENGLISH_ONLY = "The texts here are in English. Please ask in English, in a plain sentence."
_KINDS = {
    Kind.GREETING: "Hello. Type a question in plain words, with the thing it is about, and you get the passages that answer it, "
    "quoted word for word, with where they stand.",
    Kind.REQUEST: "Passages are quoted here word for word; nothing is written, sent or done. Ask what such a paper has to hold, or "
    "who handles it, and the passages that say so are shown.",
    Kind.LIVE_FACT: "What is decided or planned from day to day is not held here. Whoever keeps the register or the calendar can say; "
    "ask here what the rules are.",
}


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


class Definitions:
    """The terms of a glossary by all their names."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Gather the names of ``terms``; where two share one, the first has it."""
        self._terms = tuple(terms)
        self._places: dict[str, int] = {}
        for place, term in enumerate(self._terms):
            for name in (term.term, *term.aliases):
                self._places.setdefault(name.casefold(), place)
        self._longest = max(map(len, self._places), default=0) + _AROUND

    def asked_for(self, question: str) -> Term | None:
        """Return the entry whose term or alias ``question`` asks to have explained."""
        plain = question.strip().rstrip(_ENDS)
        # The pattern looks at the end of the text once for each letter of it, so nothing longer than could name a term gets there.
        asking = ASKING_MEANING.match(plain) if len(plain) <= self._longest else None
        return self._named(asking.group("term")) if asking else None

    def _named(self, name: str) -> Term | None:
        """Return the entry with the term or alias ``name``, in any case, with or without quotation marks and a plural s."""
        plain = name.strip(" \"'“”‘’?.").casefold()
        places = [self._places[wanted] for wanted in (plain, plain.removesuffix("s")) if wanted in self._places]
        return self._terms[min(places)] if places else None


class Pointers:
    """The pointers of one build."""

    def __init__(self, records: Records) -> None:
        """Look for desks in ``records``."""
        self._records = records
        self._desk_of = lru_cache(_REMEMBERED)(self._find_desk)

    def told(self, decision: Decision, hits: Sequence[Hit]) -> str:
        """Return where to go on; empty where the answer is sure, or nothing is known."""
        if decision.kind is Kind.OTHER_LANGUAGE:
            return f"{_languages().get(decision.language, '')} {ENGLISH_ONLY}".strip()
        if decision.signpost is not None:
            return decision.signpost.told
        if decision.kind is not Kind.QUESTION:
            return _KINDS[decision.kind]
        if decision.status is Status.ANSWERED:
            return ""
        desks = (self._desk_of(hit.passage.document_id) for hit in hits)
        return next(filter(None, desks), "")

    def _find_desk(self, document_id: str) -> str:
        rows = self._records.rows_of(document_id)
        passages = self._records.passages(list(rows)) if len(rows) <= _LARGEST else []
        # The last one: such a section closes a text, and an earlier one is about a part of the matter.
        desks = (one for one in reversed(passages) if one.section and DESK_HEADING.search(one.section[-1]))
        return next(map(_shortened, desks), "")


def _shortened(passage: Passage) -> str:
    """Return the heading and the first sentences of ``passage``, as they stand."""
    end = max((end for _, end in passage.sentences if end <= _MOST), default=len(passage.text))
    return f"{passage.section[-1]} {passage.text[:end]}"


@cache
def _languages() -> dict[str, str]:
    return tomllib.loads(LANGUAGES.read_text(encoding="utf-8"))

"""What every surface renders: an Answer with its quotes.

Comes in: nothing. Goes out: types. Refuses to know how an answer is found (``answer_service``) and how it is shown.
"""

from dataclasses import dataclass

from bot.answering.citations import Citation
from index.abstention.decision import Status as Status
from index.lexicon import Term
from index.records import Page, Span


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim text with the answering sentences and where it stands."""

    id: str
    text: str
    highlights: tuple[Span, ...]  # half-open, in characters of ``text``
    score: float  # 0 to 1, comparable within one answer only
    citation: Citation
    contributions: dict[str, float]  # what each feature (vector, sentence, words, heading) gave to the score
    start: int = 0  # of ``text`` in its page's text, in characters
    prefix: str = ""  # what stands before it on its page
    suffix: str = ""  # what stands after it
    also_in: tuple[Citation, ...] = ()  # where nearly the same is said


@dataclass(frozen=True, slots=True)
class AnsweredPart:
    """One of several questions asked at once."""

    question: str  # in the words of the one who asked
    status: Status
    passage: str = ""  # id of the quote that answers it best; empty where none does, or none of those shown


@dataclass(frozen=True, slots=True)
class NearSection:
    """A section that came near a question that nothing answers."""

    passage: str  # id of the passage that came near
    heading: str  # that it stands under; empty where there is none
    title: str  # of its document


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question."""

    question: str
    status: Status
    confidence: float  # probability, 0 to 1, that the first quote answers the question
    quotes: tuple[Quote, ...]  # empty when not found
    build: str
    nearest: tuple[str, ...] = ()  # titles to look into when not found
    sections: tuple[NearSection, ...] = ()  # to look into beside what is shown where that is not sure, the nearest first
    mended: tuple[tuple[str, str], ...] = ()  # words as they were typed, and what they were read as
    signpost: str = ""  # where to go on, instead of what is shown or beside it
    definition: Term | None = None  # of a term that the question asks to have explained
    parts: tuple[AnsweredPart, ...] = ()  # where several questions were asked at once: each in order


@dataclass(frozen=True, slots=True)
class PassageInContext:
    """A quote with the page it stands on and its neighbours."""

    quote: Quote
    page: Page
    start: int  # of the quote in ``page.text``
    end: int
    before: str | None  # id of the passage before it in the document
    after: str | None

"""The answer service: a question in, quotes with their citations out, or an honest refusal. Every surface renders this Answer.

Comes in: a question, its limits and the questions before it. Goes out: an Answer. Refuses to know how it is shown, and what Discord,
HTTP or a terminal is. No surface ranks, filters or words a refusal by itself.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.citations import Citation, cite
from bot.definitions import definition_asked_for
from bot.perspectives import Told, arranged
from index.build import Build
from index.confidence import Status as Status
from index.confidence import Thresholds as Thresholds
from index.errors import QuestionError
from index.lexicon import Term
from index.records import Document, Page, Passage, Span
from index.searcher import Findings, Searcher
from index.signposts import refusing_signpost

MOST_CHARACTERS = 2000
MOST_PASSAGES = 20
DEFAULT_PASSAGES = 3
NEAREST_TITLES = 3
# Where a signpost refuses, hardly ever would a passage have answered, whatever the search thinks of it.
SENT_ON = 0.02
SPARE_PASSAGES = 7  # searched for beyond those shown, so that repetitions and single voices can be left out
SURROUNDING = 32  # characters kept before and after a quote, by which it can be found again


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim text with the answering sentences and where it stands."""

    id: str
    text: str
    highlights: tuple[Span, ...]  # half-open, in characters of ``text``
    score: float  # 0 to 1, comparable within one answer only
    citation: Citation
    shares: dict[str, float]  # what each view (vector, sentence, words, heading) gave to the score
    start: int = 0  # of ``text`` in its page's text, in characters
    prefix: str = ""  # what stands before it on its page
    suffix: str = ""  # what stands after it
    also_in: tuple[Citation, ...] = ()  # where nearly the same is said


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question."""

    question: str
    status: Status
    confidence: float  # probability, 0 to 1, that the first quote answers the question
    quotes: tuple[Quote, ...]  # empty when not found
    build: str
    nearest: tuple[str, ...] = ()  # titles to look into when not found
    signpost: str = ""  # where to go with a matter that is known not to be held here
    definition: Term | None = None  # of a term that the question asks to have explained


@dataclass(frozen=True, slots=True)
class PassageInContext:
    """A quote with the page it stands on and its neighbours."""

    quote: Quote
    page: Page
    start: int  # of the quote in ``page.text``
    end: int
    before: str | None  # id of the passage before it in the document
    after: str | None


class AnswerService:
    """Answers questions from one build. Blocking: asynchronous surfaces call it on another thread."""

    def __init__(self, build: Build, thresholds: Thresholds | None = None) -> None:
        """Answer from ``build``."""
        self.build = build
        self._searcher = Searcher(build)
        self._thresholds = thresholds or Thresholds()

    @property
    def documents(self) -> list[Document]:
        """All documents of the build, in the order of the catalogue."""
        return self.build.records.documents

    def answer(
        self,
        question: str,
        limit: int = DEFAULT_PASSAGES,
        document: str | None = None,
        context: Sequence[str] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Return the answer to ``question``.

        Args:
            question: as a person typed it.
            limit: how many quotes at most, 1 to 20.
            document: look in the document of this id only.
            context: the earlier questions of the conversation, oldest first.
            documents: look in these documents only; with ``document``, in that one only.

        Raises:
            QuestionError: the question is empty or too long, or the limit is out of range.
            UnknownDocument: the build holds no document of that id.
        """
        asked = check_question(question)
        if not 1 <= limit <= MOST_PASSAGES:
            raise QuestionError(f"The limit is {limit}; ask for 1 to {MOST_PASSAGES} passages.")
        looked_in = documents if document is None else [self.build.records.document(document).id]
        findings = self._searcher.search(asked, limit + SPARE_PASSAGES, looked_in, context)
        lexicon = self.build.lexicon
        signpost = refusing_signpost(asked, lexicon.signposts, findings.confidence) or findings.astray
        status = Status.NOT_FOUND if signpost else self._status(findings)
        found = status is not Status.NOT_FOUND
        return Answer(
            question=question,
            status=status,
            confidence=round(min(findings.confidence, SENT_ON) if signpost else findings.confidence, 4),
            quotes=tuple(map(self._quote, arranged(findings.hits, limit, self._guide_of))) if found else (),
            build=self.build.id,
            nearest=() if found else self._nearest_titles(findings),
            signpost=signpost.text if signpost else "",
            definition=definition_asked_for(asked, lexicon.terms),
        )

    def passage(self, passage_id: str) -> PassageInContext:
        """Return a passage with its page.

        Raises:
            UnknownPassage: the build holds none of that id.
        """
        records = self.build.records
        passage = records.passage(passage_id)
        row = records.row_of(passage_id)
        rows = records.rows_of(passage.document_id)
        before, after = (records.passages([near])[0].id if near in rows else None for near in (row - 1, row + 1))
        page = records.page(passage.document_id, passage.page_number)
        quote = self._quoted(passage, page, (), 0.0, {})
        return PassageInContext(quote, page, passage.start, passage.end, before, after)

    def _status(self, findings: Findings) -> Status:
        return self._thresholds.status(findings.confidence) if findings.hits else Status.NOT_FOUND

    def _quote(self, told: Told) -> Quote:
        hit, passage = told.hit, told.hit.passage
        quote = self._quoted(passage, self._page(passage), hit.highlights, hit.score, hit.shares)
        also_in = tuple(self._citation(again.passage, self._page(again.passage)) for again in told.again)
        return replace(quote, also_in=also_in)

    def _page(self, passage: Passage) -> Page:
        return self.build.records.page(passage.document_id, passage.page_number)

    def _quoted(
        self, passage: Passage, page: Page, highlights: tuple[Span, ...], score: float, shares: dict[str, float]
    ) -> Quote:
        prefix = page.text[max(passage.start - SURROUNDING, 0) : passage.start]
        suffix = page.text[passage.end : passage.end + SURROUNDING]
        citation = self._citation(passage, page)
        return Quote(passage.id, passage.text, highlights, score, citation, shares, passage.start, prefix, suffix)

    def _citation(self, passage: Passage, page: Page) -> Citation:
        document = self.build.records.document(passage.document_id)
        known = (*self.documents, *self.build.lexicon.not_held)
        guide = next((guide for guide in known if guide.id == document.about), None)
        return cite(passage, page, document, guide)

    def _guide_of(self, document_id: str) -> str:
        return self.build.records.document(document_id).about

    def _nearest_titles(self, findings: Findings) -> tuple[str, ...]:
        titles = dict.fromkeys(
            self.build.records.document(hit.passage.document_id).title for hit in findings.hits[:DEFAULT_PASSAGES]
        )
        return tuple(titles)[:NEAREST_TITLES]


def check_question(question: str) -> str:
    """Return ``question`` without control characters and surplus space.

    Raises:
        QuestionError: nothing is left, nothing in it can be searched for, or it is too long.
    """
    if len(question) > MOST_CHARACTERS:
        raise QuestionError(
            f"The question has {len(question):,} characters; at most {MOST_CHARACTERS:,} can be searched for. "
            "Ask it in a sentence or two."
        )
    # "Cc" control, "Cf" format (bidi marks, zero width), "Cs" lone surrogates: never meant by a person who asks.
    visible = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} else letter for letter in question)
    asked = " ".join(visible.split())
    if not asked:
        raise QuestionError("The question is empty. Type a question in plain words.")
    if not any(letter.isalnum() for letter in asked):
        raise QuestionError("There are no words in the question. Type a question in plain words.")
    return asked

"""The answer service: a question in, quotes with their citations out, or an honest refusal.

Comes in: a question, its limits and the questions before it. Goes out: an Answer. Refuses to know how it is shown, and what Discord,
HTTP or a terminal is. No surface ranks, filters or words a refusal by itself.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.answers import Answer, NearSection, PassageInContext, Quote, Status
from bot.answering.citations import Citation, cite
from bot.answering.diversification import SPARE, Diversification, FoundPart, ResultGroup, answered, with_parts
from bot.answering.guidance import Definitions, Pointers
from bot.answering.limits import DEFAULT_PASSAGES, MOST_CHARACTERS, MOST_PASSAGES, MOST_REMEMBERED
from index.abstention.decision import Decision, Thresholds
from index.build.reader import Build
from index.errors import QuestionError
from index.records import Document, Passage, Span
from index.remembered import Remembered
from index.retrieval.questions import parts_of
from index.retrieval.searcher import Findings, Hit, Searcher

NEAREST = 3  # titles and sections that are named beside what is shown, or instead of it
NEAR = 0.15  # score from which a section is named: what a question about anything else, a recipe or the weather, comes to lies below
AS_MEANT = 0.7  # share of the best score from which another section may be what was meant
MOST_MENDED_SHOWN = 5
SURROUNDING = 32  # characters kept before and after a quote, by which it can be found again


@dataclass(frozen=True, slots=True)
class _PassageParts:
    """What is the same of a passage in whatever answer it is quoted."""

    text: str
    citation: Citation
    prefix: str
    suffix: str


class AnswerService:
    """Answers questions from one build. Blocking: asynchronous surfaces call it on another thread."""

    def __init__(self, build: Build, thresholds: Thresholds | None = None) -> None:
        """Answer from ``build``."""
        self.build = build
        self.remembered: Remembered[Answer] = Remembered(MOST_REMEMBERED)
        self._searcher = Searcher(build)
        self._abstention = self._searcher.abstention(thresholds)
        self._pointers = Pointers(build.records)
        self._parts: Remembered[_PassageParts] = Remembered(MOST_REMEMBERED)
        self._definitions = Definitions(build.lexicon.terms)
        self._diversification = Diversification(lambda document_id: build.records.document(document_id).about)
        self._known = {document.id: document for document in (*build.lexicon.not_held, *build.records.documents)}

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
            context: the earlier questions of the conversation, oldest first; the last is read as far as a question may be long.
            documents: look in these documents only; with ``document``, in that one only.

        Raises:
            QuestionError: the question is empty or too long, or the limit is out of range.
            UnknownDocument: the build holds no document of that id.
        """
        asked = check_question(question)
        if not 1 <= limit <= MOST_PASSAGES:
            raise QuestionError(f"The limit is {limit}; ask for 1 to {MOST_PASSAGES} passages.")
        looked_in = documents if document is None else [self.build.records.document(document).id]
        before = last_earlier(context)
        # Everything that decides the answer, and nothing else: it is held in memory.
        key = (asked, limit, None if looked_in is None else tuple(looked_in), before)
        answer = self.remembered.of(key, lambda: self._found(asked, limit, looked_in, before))
        return answer if answer.question == question else replace(answer, question=question)

    def probe(self, question: str) -> None:
        """Search for ``question`` past everything that is remembered, to see whether the build can still be used.

        Raises:
            BuildError: it cannot.
        """
        for hit in self._searcher.search(check_question(question), 1).hits:
            self.build.records.passage(hit.passage.id)

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
        quote = self._quoted(passage, (), 0.0, {})
        return PassageInContext(quote, page, passage.start, passage.end, before, after)

    def _found(self, asked: str, limit: int, looked_in: Sequence[str] | None, context: Sequence[str]) -> Answer:
        findings = self._searcher.search(asked, _depth_for(limit), looked_in, context)
        decision = self._abstention.decide(asked, findings.evidence)
        found = decision.status is not Status.NOT_FOUND
        parts = self._each_found(asked, findings, looked_in) if found else []
        shown = self._diversification.arranged(findings.hits, MOST_PASSAGES if parts else limit) if found else []
        if parts:
            shown = with_parts(shown, parts)[:limit]
        near = [] if found or decision.stands_alone else findings.hits
        return Answer(
            question=asked,
            status=decision.status,
            confidence=round(decision.confidence, 4),
            quotes=tuple(map(self._quote, shown)),
            parts=answered(parts, shown),
            build=self.build.manifest.build,
            nearest=self._nearest_titles(near),
            sections=self._sections(decision, findings.hits, shown),
            mended=_mended(findings) if decision.is_english else (),
            signpost=self._pointers.told(decision, findings.hits),
            definition=self._definitions.asked_for(asked),
        )

    def _each_found(self, asked: str, findings: Findings, looked_in: Sequence[str] | None) -> list[FoundPart]:
        """Return what each of several questions asked at once finds; none where one is asked."""
        parts = parts_of(asked)
        each = self._searcher.search_parts(findings, parts, SPARE, looked_in) if parts else []
        found = zip(parts, each, strict=True)
        return [FoundPart(part, self._abstention.decide(part, one.evidence), one.hits) for part, one in found]

    def _quote(self, told: ResultGroup) -> Quote:
        hit = told.hit
        also_in = tuple(self._stands(again.passage).citation for again in told.again)
        return self._quoted(hit.passage, hit.highlights, hit.score, hit.contributions, also_in)

    def _quoted(
        self,
        passage: Passage,
        highlights: tuple[Span, ...],
        score: float,
        contributions: dict[str, float],
        also_in: tuple[Citation, ...] = (),
    ) -> Quote:
        its = self._stands(passage)
        return Quote(
            passage.id,
            its.text,
            highlights,
            score,
            its.citation,
            contributions,
            passage.start,
            its.prefix,
            its.suffix,
            also_in,
        )

    def _stands(self, passage: Passage) -> _PassageParts:
        return self._parts.of(passage.id, lambda: self._parts_of(passage))

    def _parts_of(self, passage: Passage) -> _PassageParts:
        page = self.build.records.page(passage.document_id, passage.page_number)
        document = self.build.records.document(passage.document_id)
        return _PassageParts(
            text=passage.text,
            citation=cite(passage, page, document, self._known.get(document.about)),
            prefix=page.text[max(passage.start - SURROUNDING, 0) : passage.start],
            suffix=page.text[passage.end : passage.end + SURROUNDING],
        )

    def _nearest_titles(self, near: Sequence[Hit]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(self._title, near[:DEFAULT_PASSAGES])))[:NEAREST]

    def _sections(self, decision: Decision, hits: Sequence[Hit], shown: Sequence[ResultGroup]) -> tuple[NearSection, ...]:
        """Return sections by name, beside what is not sure or instead of it: a wrong refusal mostly names the right one."""
        if decision.status is Status.ANSWERED or decision.stands_alone:
            return ()
        least = max(NEAR, AS_MEANT * hits[0].score) if shown else NEAR
        seen = {one.hit.passage.id for one in shown}
        near = [hit for hit in hits if hit.score >= least and hit.passage.id not in seen]
        sections: dict[tuple[str, str], NearSection] = {}
        for told in self._diversification.arranged(near, DEFAULT_PASSAGES):
            passage = told.hit.passage
            heading, title = passage.section[-1] if passage.section else "", self._title(told.hit)
            sections.setdefault((heading, title), NearSection(passage.id, heading, title))
        return tuple(sections.values())[:NEAREST]

    def _title(self, hit: Hit) -> str:
        return self.build.records.document(hit.passage.document_id).title


def _mended(findings: Findings) -> tuple[tuple[str, str], ...]:
    return findings.asked[0].mended[:MOST_MENDED_SHOWN] if findings.asked else ()


def _depth_for(limit: int) -> int:
    """Return how many passages are searched for: one of two numbers, so that a longer answer begins like a shorter one."""
    return SPARE + (DEFAULT_PASSAGES if limit <= DEFAULT_PASSAGES else MOST_PASSAGES)


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
    asked = _cleaned(question)
    if not asked:
        raise QuestionError("The question is empty. Type a question in plain words.")
    if not any(letter.isalnum() for letter in asked):
        raise QuestionError("There are no words in the question. Type a question in plain words.")
    return asked


def last_earlier(context: Sequence[str]) -> tuple[str, ...]:
    """Return the last of the earlier questions, the only one that a question leans on, as it may be searched for; or none."""
    return tuple(filter(None, (_cleaned(question[:MOST_CHARACTERS]) for question in context[-1:])))


def _cleaned(question: str) -> str:
    # "Cc" control, "Cf" format (bidi marks, zero width), "Cs" lone surrogates: never meant by a person who asks.
    # None of them is printable, and that is told of a whole text at once.
    if not question.isprintable():
        question = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} else letter for letter in question)
    return " ".join(question.split())

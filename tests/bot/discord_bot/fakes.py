"""A hand-written answer service and the texts it answers with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

from bot.answering.answer_service import check_question
from bot.answering.answers import Answer, NearSection, PassageInContext, Quote, Status
from bot.answering.citations import Citation, PageReference
from index.errors import UnknownDocument, UnknownPassage
from index.records import Document, Kind, Page

TEXT = "The council must keep a list of assets of community value. An owner may ask for a review. The list is public."
DOCUMENTS = [
    Document("guide", "A plain English guide", Kind.ORIGINAL, "Department", "2011", "https://example.org/guide.pdf"),
    Document("notes", "Notes on the guide", Kind.NOTES, "Localism", "2026", about="guide"),
]


def citation(**changes: object) -> Citation:
    """Return a citation of page 12, which is the 14th of its PDF."""
    fields = {
        "document": "guide",
        "title": "A plain English guide",
        "publisher": "Department",
        "published": "2011",
        "kind": Kind.ORIGINAL,
        "section": "Community rights",
        "page": PageReference(14, "12"),
        "url": "https://example.org/guide.pdf",
        "text": "A plain English guide, Department, 2011, “Community rights”, p. 12 [PDF 14]",
    }
    return Citation(**{**fields, **changes})  # type: ignore[arg-type]  # a test names its fields


def quote(number: int = 1, text: str = TEXT, highlights: tuple[tuple[int, int], ...] = ((0, 58),)) -> Quote:
    """Return a quote whose id ends in ``number``."""
    return Quote(f"{number:016x}", text, highlights, 0.9, citation(), {})


@dataclass
class FakeService:
    """Answers everything with the same quotes, and remembers what it was asked."""

    quotes: list[Quote] = field(default_factory=lambda: [quote(number, f"{number}. {TEXT}") for number in range(1, 7)])
    status: Status = Status.ANSWERED
    error: Exception | None = None
    signpost: str = ""
    asked: list[tuple[str, int, str | None, tuple[str, ...]]] = field(default_factory=list)
    among: list[Sequence[str] | None] = field(default_factory=list)  # the documents that were looked in
    documents: list[Document] = field(default_factory=lambda: list(DOCUMENTS))
    build: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(id="build"))  # only its id is asked for

    def answer(
        self,
        question: str,
        limit: int = 3,
        document: str | None = None,
        context: Sequence[str] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Return the prepared answer."""
        self.among.append(documents)
        self.asked.append((question, limit, document, tuple(context)))
        if self.error is not None:
            raise self.error
        check_question(question)
        if document is not None and document not in {each.id for each in self.documents}:
            raise UnknownDocument(f"There is no document {document!r}.")
        found = () if self.status is Status.NOT_FOUND else tuple(self.quotes[:limit])
        near = (
            (NearSection(self.quotes[0].id, "Who mends [roads]?", "A plain English guide"),)
            if self.status is Status.NOT_FOUND
            else ()
        )
        return Answer(question, self.status, 0.9, found, "build", sections=near, signpost=self.signpost)

    def passage(self, passage_id: str) -> PassageInContext:
        """Return a passage by its id, with its neighbours."""
        ids = [each.id for each in self.quotes]
        if passage_id not in ids:
            raise UnknownPassage(f"There is no passage {passage_id!r}.")
        place = ids.index(passage_id)
        found = self.quotes[place]
        before = ids[place - 1] if place else None
        after = ids[place + 1] if place + 1 < len(ids) else None
        return PassageInContext(found, Page(14, f"Before. {found.text} After.", "12"), 8, 8 + len(found.text), before, after)

"""The shapes that cross the HTTP edge: what may be sent, and what comes back, for checking and for the OpenAPI file.

Comes in: JSON. Goes out: checked values. Refuses to know how answers are found;
``bot.answer_json`` writes what these describe.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.answers import DEFAULT_PASSAGES, MOST_CHARACTERS, MOST_PASSAGES

Earlier = Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]
# The pattern is for the description only: the service refuses a question without words in a better sentence.
_WORDS = {"pattern": r"[\p{L}\p{N}]"}
Question = Annotated[Earlier, Field(description="The question, in plain words.", json_schema_extra=_WORDS)]
DocumentId = Annotated[
    str, StringConstraints(min_length=1, max_length=200), Field(description="Look in the document of this id only.")
]
KindName = Annotated[Literal["notes", "briefing", "original"], Field(description="Look in documents of this kind only.")]
MOST_EARLIER = 10


class AskBody(BaseModel):
    """A question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"question": "How long does the council have to decide on our nomination?", "limit": 3}],
        },
    )

    question: Question
    limit: int = Field(DEFAULT_PASSAGES, ge=1, le=MOST_PASSAGES, description="How many passages at most.")
    document: DocumentId | None = None
    kind: KindName | None = None
    context: list[Earlier] = Field(
        default_factory=list, max_length=MOST_EARLIER, description="Earlier questions of the conversation, oldest first."
    )


class PageBody(BaseModel):
    """A page of a document."""

    number: int = Field(description="1-based, physical.")
    label: str | None = Field(description="As printed, where known.")


class SourceBody(BaseModel):
    """Where a section takes its facts from."""

    title: str
    where: str
    url: str
    publisher: str
    as_of: str


class CitationBody(BaseModel):
    """Where a quote stands."""

    document: str = Field(description="Id of the document.")
    title: str
    publisher: str
    published: str
    authors: str
    kind: Literal["notes", "briefing", "original"]
    about: str = Field(description="For a note: the title of the guide that it is about.")
    section: str
    page: PageBody | None = Field(description="Null for documents without pages.")
    url: str
    sources: list[SourceBody]
    jurisdiction: str
    as_of: str
    notice: str
    reading: Literal["text", "ocr"]
    text: str = Field(description="The citation in one line.")
    selectors: list[dict[str, str | int]] = Field(
        description="W3C Web Annotation selectors that find the quote again in its page."
    )


class PassageBody(BaseModel):
    """A passage, word for word, with its citation."""

    id: str
    quote: str = Field(description="The passage, word for word.")
    highlights: list[Annotated[list[int], Field(min_length=2, max_length=2)]] = Field(
        description="The answering sentences: half-open character ranges in the quote."
    )
    score: float = Field(description="0 to 1, comparable within one answer only.")
    why: dict[str, float] = Field(description="What each view of the passage gave to the score.")
    citation: CitationBody


class DefinitionBody(BaseModel):
    """What a term means, where a question asks for it."""

    term: str
    aliases: list[str]
    definition: str
    source: str


class AnswerBody(BaseModel):
    """An answer: passages word for word, or an honest refusal."""

    question: str
    status: Literal["answered", "uncertain", "not_found"]
    confidence: float = Field(ge=0, le=1, description="Probability that the first passage answers the question.")
    passages: list[PassageBody] = Field(description="Best first; empty when nothing was found.")
    build: str
    nearest: list[str] = Field(description="Titles to look into when nothing was found.")
    signpost: str = Field(description="Where to go with a matter that is not held here.")
    definition: DefinitionBody | None = Field(description="Of a term that the question asks to have explained.")


class FaultBody(BaseModel):
    """One fault of the input."""

    where: str
    detail: str


class ProblemBody(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultBody] = Field(default_factory=list)
    successor: str | None = Field(None, description="With 410: id of the passage that stands in its place, or empty.")


class ContextBody(BaseModel):
    """A passage with its page and its neighbours."""

    passage: PassageBody
    page_text: str = Field(description="The whole text of the page or section.")
    start: int = Field(description="Where the quote begins in the text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    before: str | None = Field(description="Id of the passage before it in the document.")
    after: str | None = Field(description="Id of the passage after it.")
    picture: str | None = Field(description="Path of the picture of the page with the quote marked.")


class CoverageBody(BaseModel):
    """How much of a document could be read."""

    pages: int
    read: int
    share: float = Field(ge=0, le=1)
    not_read: list[dict[str, str | int]]


class DocumentBody(BaseModel):
    """A document that answers are quoted from."""

    id: str
    title: str
    kind: Literal["notes", "briefing", "original"]
    publisher: str
    published: str
    authors: str
    url: str
    licence: str
    about: str = Field(description="For a note: the id of the guide that it is about.")
    jurisdiction: str
    as_of: str
    notice: str
    passages: int
    coverage: CoverageBody


class EntryBody(BaseModel):
    """A line of a document's contents."""

    heading: str
    page: PageBody | None
    passage: str = Field(description="Id of the first passage under the heading.")


class WholeDocumentBody(DocumentBody):
    """A document with its contents."""

    contents: list[EntryBody]


class DocumentsBody(BaseModel):
    """All documents, in the order of the catalogue."""

    build: str
    documents: list[DocumentBody]


class TermBody(BaseModel):
    """An entry of the glossary."""

    term: str
    definition: str
    aliases: list[str]
    source: str
    see: list[str]


class GlossaryBody(BaseModel):
    """The glossary, in alphabetical order."""

    terms: list[TermBody]


class SuggestionBody(BaseModel):
    """A text that can be asked as it stands."""

    text: str
    origin: Literal["question", "term", "heading", "title"]


class SuggestionsBody(BaseModel):
    """Texts that go on from what was typed."""

    suggestions: list[SuggestionBody]


class SaidBody(BaseModel):
    """What a person says of a passage."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"passage": "0123456789abcdef", "verdict": "helpful"}]}
    )

    passage: str = Field(max_length=64, description="Id of the passage.")
    verdict: Literal["helpful", "not_helpful", "wrong_page"]

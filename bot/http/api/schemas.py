"""The shapes that cross the HTTP edge: what may be sent, and what comes back, for checking and for the OpenAPI file.

Comes in: JSON. Goes out: checked values. Refuses to know how answers are found;
``bot.answering.answer_text`` writes what these describe.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from bot.answering.limits import DEFAULT_PASSAGES, MOST_CHARACTERS, MOST_PASSAGES

Earlier = Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]
# The pattern is for the description only: the service refuses a question without words in a better sentence.
_WORDS: JsonDict = {"pattern": r"[\p{L}\p{N}]"}
Question = Annotated[Earlier, Field(description="The question, in plain words.", json_schema_extra=_WORDS)]
DocumentId = Annotated[
    str, StringConstraints(min_length=1, max_length=200), Field(description="Look in the document of this id only.")
]
KindName = Annotated[Literal["notes", "briefing", "original"], Field(description="Look in documents of this kind only.")]
MOST_EARLIER = 10
EARLIER_KEPT = 3  # of the page: they stand in every address that it leads to


def _last_short(questions: list[str]) -> list[str]:
    """Return the last of ``questions`` as far as each is read: the page repeats them, and an old address must not be refused."""
    return [question[:MOST_CHARACTERS] for question in questions if question.strip()][-EARLIER_KEPT:]


class AskBody(BaseModel):
    """A question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"question": "How long do we have to object?", "limit": 3}],
        },
    )

    question: Question = Field(
        validation_alias=AliasChoices("question", "q"),
        description="The question, in plain words; it may be named q, as in an address, instead.",
        json_schema_extra=_WORDS,
    )
    limit: int = Field(DEFAULT_PASSAGES, ge=1, le=MOST_PASSAGES, description="How many passages at most.")
    document: DocumentId | None = None
    kind: KindName | None = None
    context: list[Earlier] = Field(
        default_factory=list, max_length=MOST_EARLIER, description="Earlier questions of the conversation, oldest first."
    )


class AskQuery(BaseModel):
    """A question in an address."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[Question, Field(examples=["How long do we have to object?"])]
    context: list[Earlier] = Field(
        default_factory=list, max_length=MOST_EARLIER, description="Earlier questions, oldest first."
    )
    limit: int = Field(DEFAULT_PASSAGES, ge=1, le=MOST_PASSAGES, description="How many passages at most.")
    document: DocumentId | None = None
    kind: KindName | None = None


class PageQuery(BaseModel):
    """A question in the address of the page; what is wrong with it is said on the page."""

    q: str = ""
    c: Annotated[list[str], AfterValidator(_last_short)] = Field(default_factory=list)  # earlier questions, oldest first
    limit: int = DEFAULT_PASSAGES
    document: str = ""
    kind: str = ""


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
    about: str = Field(description="For a note: the title of the text that it is about.")
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
    why: dict[str, float] = Field(description="What each feature of the passage gave to the score.")
    citation: CitationBody


class DefinitionBody(BaseModel):
    """What a term means, where a question asks for it."""

    term: str
    aliases: list[str]
    definition: str
    source: str


class PartBody(BaseModel):
    """One of several questions asked at once."""

    question: str = Field(description="In the words of the one who asked.")
    status: Literal["answered", "uncertain", "not_found"]
    passage: str | None = Field(description="Id of the passage that answers it; null where none of those shown does.")


_WORDS_QUOTED = "Members have eight weeks to object. Ask the office for the date."
EXAMPLE: JsonDict = {
    "question": "How long do we have to object?",
    "status": "answered",
    "confidence": 0.93,
    "passages": [
        {
            "id": "0123456789abcdef",
            "quote": _WORDS_QUOTED,
            "highlights": [[0, 35]],
            "score": 0.8123,
            "why": {"sentence": 0.41, "words": 0.2},
            "citation": {
                "document": "rules",
                "title": "The rules",
                "publisher": "The office",
                "published": "2026",
                "authors": "",
                "kind": "original",
                "about": "",
                "section": "Replies > How long there is",
                "page": {"number": 14, "label": "12"},
                "url": "https://example.org/rules.pdf",
                "sources": [],
                "jurisdiction": "",
                "as_of": "",
                "notice": "",
                "reading": "text",
                "text": "The rules, The office, 2026, “Replies > How long there is”, p. 12 [PDF 14]",
                "selectors": [{"type": "TextPositionSelector", "start": 120, "end": 120 + len(_WORDS_QUOTED)}],
            },
        }
    ],
    "build": "20260102T030405-6789ab",
    "nearest": [],
    "nearest_sections": [],
    "mended": [],
    "signpost": "",
    "parts": [],
    "definition": None,
}


class NearSectionBody(BaseModel):
    """A section that came near."""

    passage: str = Field(description="Id of the passage that came near.")
    heading: str = Field(description="That it stands under; empty where there is none.")
    title: str = Field(description="Of its document.")


class MendedBody(BaseModel):
    """A word that was read as another."""

    typed: str
    read: str


class AnswerBody(BaseModel):
    """An answer: passages word for word, or an honest refusal."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    question: str
    status: Literal["answered", "uncertain", "not_found"]
    confidence: float = Field(ge=0, le=1, description="Probability that the first passage answers the question.")
    passages: list[PassageBody] = Field(description="Best first; empty when nothing was found.")
    build: str
    nearest: list[str] = Field(description="Titles to look into when nothing was found.")
    nearest_sections: list[NearSectionBody] = Field(
        description="Sections to look into beside what is shown where that is not sure, or instead of it; the nearest first."
    )
    mended: list[MendedBody] = Field(description="Words that were read otherwise than they were typed.")
    signpost: str = Field(description="Where to go with a matter that is not held here.")
    parts: list[PartBody] = Field(description="Where several questions were asked at once: each in order.")
    definition: DefinitionBody | None = Field(description="Of a term that the question asks to have explained.")


class SaidBody(BaseModel):
    """What a person says of a passage."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"passage": "0123456789abcdef", "verdict": "helpful"}]}
    )

    passage: str = Field(max_length=64, description="Id of the passage.")
    verdict: Literal["helpful", "not_helpful", "wrong_page"]
    question: str = Field(
        "",
        max_length=MOST_CHARACTERS,
        description="That it was an answer to. Kept only where the operator keeps questions.",
    )

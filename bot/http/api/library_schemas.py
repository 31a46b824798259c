"""The shapes of what the library gives over HTTP: documents, coverage, passages in context, glossary, suggestions.

Comes in: values. Goes out: checked values, for the OpenAPI file. Refuses to know where they are from; ``bot.http.api.library`` writes
what these describe.
"""

from typing import Literal

from pydantic import BaseModel, Field

from bot.http.api.schemas import PageBody, PassageBody


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
    about: str = Field(description="For a note: the id of the text that it is about.")
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


class LeftOutBody(BaseModel):
    """A document of the corpus that answers are not quoted from."""

    id: str
    title: str
    reason: str
    copy_of: str = Field(description="Id of the document that says the same and is quoted; empty where it could not be read.")


class DocumentsBody(BaseModel):
    """All documents, in the order of the catalogue."""

    build: str
    documents: list[DocumentBody]
    left_out: list[LeftOutBody] = Field(description="What the corpus lists and the build does not hold, and why.")


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

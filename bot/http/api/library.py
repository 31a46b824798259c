"""``/api/…`` for what the build holds: documents, coverage, passages in context, glossary, suggestions.

Comes in: ids and letters typed. Goes out: JSON, in the shapes that stand here for the OpenAPI file. Refuses to rank and to read
files.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from bot.answering.answer_text import quote_json
from bot.answering.contents import contents_of
from bot.answering.library import coverage_of, glossary_of, left_out_of
from bot.answering.standing_passages import standing_passage
from bot.http.api.known_parameters import known_parameters_only
from bot.http.api.openapi import NOT_MODIFIED, Described, problems
from bot.http.api.passages import DocumentIdPath, PassageId
from bot.http.api.schemas import PageBody, PassageBody
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.http_state import HttpState
from index.records import Document


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
    level: int = Field(ge=1, description="How deep it stands in the outline of the file; 1 is the highest.")


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


def given(model: type) -> dict[str, Any]:
    """Return how a route that gives ``model`` describes itself."""
    described: Described = {200: {"model": model}, **NOT_MODIFIED, **problems(404, 410, 422)}
    return {"responses": described, "response_class": JSONResponse}


async def held(state: HttpState, request: Request, make: Callable[[], Any]) -> Response:
    """Return a 304 where the client has the response already, else what ``make`` makes, made off the event loop."""
    etag = etag_of(state, request)
    return not_modified(request, etag) or JSONResponse(await state.answering.run(make), headers=cache_headers(etag))


def document_routes(state: HttpState) -> APIRouter:
    """Return the routes to documents."""
    routes = APIRouter(prefix="/api", tags=["library"], dependencies=[Depends(known_parameters_only)])

    @routes.get("/documents", **given(DocumentsBody))
    async def list_documents(request: Request) -> Response:
        """List the documents that answers are quoted from."""
        return await held(state, request, lambda: documents_json(state))

    @routes.get("/documents/{document_id}", **given(WholeDocumentBody))
    async def get_document(request: Request, document_id: DocumentIdPath) -> Response:
        """Describe one document with its contents."""
        return await held(state, request, lambda: whole_document_json(state, document_id))

    @routes.get("/documents/{document_id}/coverage", **given(CoverageBody))
    async def get_coverage(request: Request, document_id: DocumentIdPath) -> Response:
        """Say which pages of a document could be read, and why not the others."""
        return await held(state, request, lambda: coverage_json(state, document_id))

    return routes


def passage_routes(state: HttpState) -> APIRouter:
    """Return the routes to passages, glossary and suggestions."""
    routes = APIRouter(prefix="/api", tags=["library"], dependencies=[Depends(known_parameters_only)])

    @routes.get("/passages/{passage_id}", **given(PassageBody))
    async def get_passage(request: Request, passage_id: PassageId) -> Response:
        """Give one passage with its citation."""
        return await held(state, request, lambda: quote_json(standing_passage(state.service, passage_id).quote))

    @routes.get("/passages/{passage_id}/context", **given(ContextBody))
    async def get_passage_in_context(request: Request, passage_id: PassageId) -> Response:
        """Give one passage in the text of its page, with its neighbours."""
        return await held(state, request, lambda: context_json(state, passage_id))

    @routes.get("/glossary", **given(GlossaryBody))
    async def get_glossary(request: Request) -> Response:
        """Give the glossary."""
        return await held(state, request, lambda: {"terms": [asdict(term) for term in glossary_of(state.build)]})

    @routes.get("/suggest", **given(SuggestionsBody))
    async def suggest(
        request: Request, q: Annotated[str, Query(max_length=200, description="What was typed so far.")] = ""
    ) -> Response:
        """Suggest questions and headings that go on from what was typed."""
        return await held(state, request, lambda: suggestions_json(state, q))

    return routes


def documents_json(state: HttpState) -> dict[str, Any]:
    """Return all documents as a JSON object."""
    left_out = [
        {"id": one.id, "title": one.title, "reason": one.reason, "copy_of": one.copy_of} for one in left_out_of(state.build)
    ]
    documents = [document_json(state, document) for document in state.service.documents]
    return {"build": state.build.id, "documents": documents, "left_out": left_out}


def whole_document_json(state: HttpState, document_id: str) -> dict[str, Any]:
    """Return a document with its contents as a JSON object."""
    found = document_json(state, state.build.records.document(document_id))
    return {**found, "contents": [asdict(entry) for entry in contents_of(state.build, document_id)]}


def suggestions_json(state: HttpState, typed: str) -> dict[str, Any]:
    """Return suggestions for what was typed as a JSON object."""
    return {"suggestions": [{"text": found.text, "origin": found.origin.value} for found in state.suggester.suggest(typed)]}


def document_json(state: HttpState, document: Document) -> dict[str, Any]:
    """Return a document as a JSON object."""
    left_out = {"sha256", "media_type", "kind"}
    facts = {name: value for name, value in asdict(document).items() if name not in left_out}
    passages = len(state.build.records.rows_of(document.id))
    return {**facts, "kind": document.kind.value, "passages": passages, "coverage": coverage_json(state, document.id)}


def coverage_json(state: HttpState, document_id: str) -> dict[str, Any]:
    """Return how much of a document could be read as a JSON object."""
    found = coverage_of(state.build, document_id)
    return {"pages": found.pages, "read": found.read, "share": round(found.share, 4), "not_read": list(found.not_read)}


def context_json(state: HttpState, passage_id: str) -> dict[str, Any]:
    """Return a passage in its page as a JSON object."""
    found = standing_passage(state.service, passage_id)
    pictured = state.pictures.shows(found.quote.citation.document, found.page.number)
    return {
        "passage": quote_json(found.quote),
        "page_text": found.page.text,
        "start": found.start,
        "end": found.end,
        "before": found.before,
        "after": found.after,
        "picture": f"{state.options.base_path}/api/passages/{found.quote.id}/picture" if pictured else None,
    }

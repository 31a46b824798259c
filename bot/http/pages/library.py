"""Pages to look around in: sources, a document with its contents, the glossary, the reader page of a passage; help, privacy, API.

Comes in: an address. Goes out: HTML, or the widget's script. Refuses to rank and to read files.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from bot.answering.answers import PassageInContext
from bot.answering.library import contents_of, coverage_of, facts_of, glossary_of, indexed_on, left_out_of
from bot.answering.links import original_link, safe_link
from bot.answering.standing_passages import standing_passage
from bot.answering.wording import EXPLANATIONS, HEADLINES
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.http_state import HttpState
from bot.http.templates import STATIC, Templates
from index.lexicon import Term
from index.records import Document, Kind

SUMMARY_CHARACTERS = 200
Values = dict[str, object]
_FOR_ANY_SITE = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A document in the list of sources."""

    document: Document
    facts: str
    coverage: str


@dataclass(frozen=True, slots=True)
class ShownTerm:
    """A term of the glossary and the name of its place in the page."""

    term: Term
    anchor: str


def library_pages(state: HttpState, templates: Templates) -> APIRouter:
    """Return the routes of the pages to look around in."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    async def shown(request: Request, name: str, make: Callable[..., Values], *arguments: str) -> Response:
        etag = etag_of(state, request)
        held = not_modified(request, etag)
        if held is not None:
            return held
        page = templates.page(name, await state.answering.run(make, state, *arguments))
        page.headers.update(cache_headers(etag))
        return page

    @routes.get("/sources")
    async def sources(request: Request) -> Response:
        return await shown(request, "sources.html", _sources)

    @routes.get("/documents/{document_id}")
    async def document(request: Request, document_id: str) -> Response:
        return await shown(request, "document.html", _document, document_id)

    @routes.get("/glossary")
    async def glossary(request: Request) -> Response:
        return await shown(request, "glossary.html", _glossary)

    @routes.get("/p/{passage_id}")
    async def reader(request: Request, passage_id: str) -> Response:
        return await shown(request, "reader.html", _reader, passage_id)

    return routes


def _sources(state: HttpState) -> Values:
    shown = [
        ShownSource(
            document, ", ".join(part for part in (document.publisher, document.published) if part), _coverage(state, document)
        )
        for document in state.service.documents
    ]
    by_kind = [(kind, [source for source in shown if source.document.kind is kind]) for kind in _KINDS_IN_ORDER]
    return {
        "here": "/sources",
        "documents": shown,
        "passages": state.build.records.size,
        "indexed_on": indexed_on(state.build),
        "by_kind": [(kind, sources) for kind, sources in by_kind if sources],
        "left_out": left_out_of(state.build),
    }


_KINDS_IN_ORDER = (Kind.BRIEFING, Kind.NOTES, Kind.ORIGINAL)


def _coverage(state: HttpState, document: Document) -> str:
    """Return what is said of the reading in the list: nothing where everything was read."""
    found = coverage_of(state.build, document.id)
    return "" if found.read == found.pages else found.sentence


def _document(state: HttpState, document_id: str) -> Values:
    document = state.build.records.document(document_id)
    coverage = coverage_of(state.build, document_id)
    return {
        "document": document,
        "facts": facts_of(document),
        "subject": next((other for other in state.service.documents if other.id == document.about), None),
        "address": safe_link(document.url),
        "coverage": coverage.sentence,
        "not_read": coverage.not_read,
        "contents": contents_of(state.build, document_id),
    }


def _glossary(state: HttpState) -> Values:
    terms = [ShownTerm(term, f"term-{number}") for number, term in enumerate(glossary_of(state.build))]
    return {"here": "/glossary", "terms": terms}


def _reader(state: HttpState, passage_id: str) -> Values:
    found = standing_passage(state.service, passage_id)
    citation = found.quote.citation
    return {
        "quote": found.quote,
        "citation": citation,
        "before": found.page.text[: found.start],
        "after": found.page.text[found.end :],
        "earlier": found.before,
        "later": found.after,
        "sources": [source for source in citation.sources if safe_link(source.url)],
        "original": original_link(citation, found.quote.text),
        "summary": _summary(found),
        "pictured": state.pictures.shows(citation.document, found.page.number),
    }


def _summary(found: PassageInContext) -> str:
    text = " ".join(found.quote.text.split())
    return text if len(text) <= SUMMARY_CHARACTERS else text[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + " …"


def plain_pages(app: FastAPI, templates: Templates) -> APIRouter:
    """Return the routes of the pages that do not depend on the build; ``app`` is described on the API page."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/help")
    async def help_page() -> Response:
        headlines = {status.value: text for status, text in HEADLINES.items()}
        explanations = {status.value: text for status, text in EXPLANATIONS.items()}
        return templates.page("help.html", {"here": "/help", "headlines": headlines, "explanations": explanations})

    @routes.get("/privacy")
    async def privacy_page() -> Response:
        return templates.page("privacy.html", {})

    @routes.get("/embed")
    async def embed_page() -> Response:
        return templates.page("embed.html", {})

    @routes.get("/api")
    async def api_page() -> Response:
        return templates.page("api.html", {"operations": operations_of(app)})

    @routes.get("/widget.js")
    async def widget() -> Response:
        return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers=_FOR_ANY_SITE)

    return routes


def operations_of(app: FastAPI) -> list[tuple[str, str, str]]:
    """Return method, path and one sentence for each operation that ``app`` describes."""
    return [
        (method.upper(), path, operation["description"])
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    ]

"""Pages to look around in: sources, a document with its contents, the glossary, the reader page of a passage.

Comes in: an address. Goes out: HTML. Refuses to rank and to read files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from bot.answering.answers import PassageInContext
from bot.answering.contents import Entry, contents_of
from bot.answering.library import coverage_of, facts_of, glossary_of, indexed_on, left_out_of
from bot.answering.links import original_link, safe_link
from bot.answering.standing_passages import standing_passage
from bot.http.api.schemas import PageQuery
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.http_state import HttpState
from bot.http.marking import blocks_of
from bot.http.pages.ask_values import way_back
from bot.http.templates import Templates
from index.records import Document, Kind

SUMMARY_CHARACTERS = 200
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A document in the list of sources."""

    document: Document
    facts: str
    coverage: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document's contents with the lines below it."""

    entry: Entry
    below: list["Line"] = field(default_factory=list)


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
    async def reader(request: Request, passage_id: str, given: Annotated[PageQuery, Query()]) -> Response:
        return await shown(request, "reader.html", _reader, passage_id, way_back(given))

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
        "contents": nested(contents_of(state.build, document_id)),
    }


def nested(entries: Sequence[Entry]) -> list[Line]:
    """Return the lines of the highest level, each with those below it."""
    top: list[Line] = []
    above: list[Line] = []  # the lines that are open, highest first
    for entry in entries:
        line = Line(entry)
        del above[entry.level - 1 :]
        (above[-1].below if above else top).append(line)
        above.append(line)
    return top


def _glossary(state: HttpState) -> Values:
    # Each with the name of its place in the page.
    terms = [{"term": term, "anchor": f"term-{number}"} for number, term in enumerate(glossary_of(state.build))]
    return {"here": "/glossary", "terms": terms}


def _reader(state: HttpState, passage_id: str, query: str) -> Values:
    """Return what the page of a passage shows; ``query`` is that of the answer from which somebody came, or empty."""
    found = standing_passage(state.service, passage_id)
    citation = found.quote.citation
    return {
        "quote": found.quote,
        "citation": citation,
        "page_blocks": blocks_of(found.page.text, [(found.start, found.end)]),
        "answer_address": f"{state.options.base_path}/?{query}" if query else "",
        "way": f"?{query}" if query else "",
        "earlier": found.before,
        "later": found.after,
        "original": original_link(citation, found.quote.text),
        "summary": _summary(found),
        "pictured": state.pictures.shows(citation.document, found.page.number),
    }


def _summary(found: PassageInContext) -> str:
    text = " ".join(found.quote.text.split())
    return text if len(text) <= SUMMARY_CHARACTERS else text[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + " …"

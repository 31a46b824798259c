"""The page where people ask, rendered on the server.

Comes in: an address. Goes out: HTML that works without JavaScript. Refuses to rank, filter and word answers by itself.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from bot.answers import DEFAULT_PASSAGES, Answer, Quote
from bot.http.answering import Asked, answer_to
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.desk import Desk
from bot.http.problems import status_of
from bot.http.templates import Templates
from bot.links import original_link
from bot.suggestions import examples_of
from bot.wording import EXPLANATIONS, HEADLINES, WHAT_TO_TRY
from index.errors import LocalismError
from index.records import Document, Kind

EXAMPLES = 8
EARLIER_KEPT = 3


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote with what the page links to."""

    quote: Quote
    original: str  # address, or empty
    pictured: bool


def page_routes(desk: Desk, templates: Templates) -> APIRouter:
    """Return the route of the page where people ask."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/", response_class=HTMLResponse)
    async def ask_page(
        request: Request,
        q: str = "",
        document: str = "",
        kind: str = "",
        limit: int = DEFAULT_PASSAGES,
        c: Annotated[list[str] | None, Query()] = None,
    ) -> Response:
        etag = etag_of(desk, request)
        held = not_modified(request, etag)
        if held is not None:
            return held
        asked = Asked(q, limit, document, kind, tuple(earlier for earlier in c or () if earlier.strip())[-EARLIER_KEPT:])
        try:
            answer = await answer_to(desk, asked) if q else None
        except LocalismError as error:
            return templates.page("ask.html", _values(desk, asked, None, str(error)), status_of(error))
        with desk.metrics.step("render"):
            page = templates.page("ask.html", _values(desk, asked, answer, ""))
        page.headers.update(cache_headers(etag))
        return page

    return routes


def _values(desk: Desk, asked: Asked, answer: Answer | None, fault: str) -> dict[str, object]:
    values: dict[str, object] = {
        "asked": asked,
        "answer": answer,
        "fault": fault,
        "here": "/",
        "documents": desk.service.documents,
        "kinds": tuple(Kind),
        "examples": examples_of(desk.build.lexicon, EXAMPLES),
    }
    return values if answer is None else {**values, **_values_of_answer(desk, asked, answer)}


def _values_of_answer(desk: Desk, asked: Asked, answer: Answer) -> dict[str, object]:
    shown = [
        ShownQuote(quote, original_link(quote.citation, quote.text), desk.pictures.has(quote.citation.document))
        for quote in answer.quotes
    ]
    return {
        "quotes": shown,
        "headline": HEADLINES[answer.status],
        "explanation": EXPLANATIONS[answer.status],
        "hints": WHAT_TO_TRY,
        "nearest": _documents_named(desk, answer.nearest),
        "follow_up": (*asked.earlier, asked.question)[-EARLIER_KEPT:],
        "alone": f"{desk.options.base_path}/?{urlencode({'q': asked.question})}",
    }


def _documents_named(desk: Desk, titles: tuple[str, ...]) -> list[Document]:
    by_title = {document.title: document for document in desk.service.documents}
    return [by_title[title] for title in titles if title in by_title]

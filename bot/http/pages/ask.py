"""The page where people ask, rendered on the server.

Comes in: an address. Goes out: HTML that works without JavaScript. Refuses to rank, filter and word answers by itself.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from bot.answering.answers import Answer
from bot.http.api.ask import Asked, answer_to
from bot.http.api.schemas import PageQuery
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.http_state import HttpState, PerBuild
from bot.http.pages.ask_values import QuoteCards, asked_of, page_values
from bot.http.problems import status_of
from bot.http.templates import Templates
from index.build.reader import Build
from index.errors import LocalismError
from index.records import Kind


def page_routes(state: HttpState, templates: Templates) -> APIRouter:
    """Return the route of the page where people ask."""
    routes = APIRouter(include_in_schema=False)
    cards = QuoteCards(state, templates)
    plain_choices = PerBuild(lambda build: _choices(templates, build, Asked()))

    def values(asked: Asked, answer: Answer | None, fault: str) -> dict[str, object]:
        chosen = asked.document or asked.kind
        choices = _choices(templates, state.build, asked) if chosen else plain_choices.of(state.build)
        return {**page_values(state, cards, asked, answer, fault), "choices": choices}

    @routes.get("/", response_class=HTMLResponse)
    async def ask_page(request: Request, given: Annotated[PageQuery, Query()]) -> Response:
        etag = etag_of(state, request)
        held = not_modified(request, etag)
        if held is not None:
            return held
        asked = asked_of(given)
        try:
            answer = await answer_to(state, asked) if given.q else None
        except LocalismError as error:
            return templates.page("ask.html", values(asked, None, str(error)), status_of(error))
        with state.metrics.step("render"):
            page = templates.page("ask.html", values(asked, answer, ""))
        page.headers.update(cache_headers(etag))
        return page

    return routes


def _choices(templates: Templates, build: Build, asked: Asked) -> Markup:
    return templates.part("_choices.html", {"asked": asked, "documents": build.records.documents, "kinds": tuple(Kind)})

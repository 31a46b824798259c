"""All routes of the HTTP surface, in the order in which they are looked through.

Comes in: what every route needs. Goes out: an application that has them. Refuses to know what surrounds them.
"""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot.http.admin.pages import admin_routes, login_routes
from bot.http.api.ask import ask_routes, feedback_routes
from bot.http.api.health import health_routes
from bot.http.api.library import document_routes, passage_routes
from bot.http.api.openapi import api_pages
from bot.http.api.passages import picture_routes
from bot.http.http_state import HttpState
from bot.http.pages.ask import page_routes
from bot.http.pages.for_browsers import plain_pages
from bot.http.pages.library import library_pages
from bot.http.templates import STATIC, Templates


def add_routes(app: FastAPI, state: HttpState, templates: Templates) -> None:
    """Add every route to ``app``."""
    # Looked through in this order for every request: what is asked for most stands first.
    for routes in (
        ask_routes(state),
        page_routes(state, templates),
        document_routes(state),
        passage_routes(state),
        picture_routes(state),
        feedback_routes(state, templates),
        health_routes(state),
        admin_routes(state, templates),
        login_routes(state.admission, templates),
        library_pages(state, templates),
        api_pages(app, state, templates),
        plain_pages(state.options, templates),
    ):
        # Put in as they are: in an included router each request is matched three times.
        app.router.routes.extend(routes.routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

"""The Jinja2 templates of the page, with everything escaped.

Comes in: the name of a template and plain values. Goes out: an HTML response. Refuses to know where the values come from.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.answering.limits import MOST_CHARACTERS
from bot.answering.links import safe_link
from bot.answering.wording import KIND_HEADINGS, KIND_NAMES
from bot.http.marking import blocks_of
from bot.http.options import HttpOptions
from bot.http.times import as_written

WEB = Path(__file__).resolve().parent.parent / "web"
STATIC = WEB / "static"
# Controls but tab and line ends, and code points that are no characters (HTML, 13.2.3.5).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_TITLES = {
    HTTPStatus.NOT_FOUND: "Not here",
    HTTPStatus.GONE: "Not here any more",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That cannot be used",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not at this moment",
    HTTPStatus.INSUFFICIENT_STORAGE: "No room left",
    HTTPStatus.FORBIDDEN: "Not from there",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong",
}


class Templates:
    """Renders the templates of ``bot/web/templates``."""

    def __init__(self, options: HttpOptions) -> None:
        """Compile templates as they are first asked for."""
        self._environment = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=printable,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # else the date of each file is asked for at every page
        )
        versions = {path.name: _digest(path) for path in STATIC.iterdir()}
        self._environment.globals.update(
            base=options.base_path,
            public=options.public_url and options.public_url + options.base_path,
            asset={name: f"{options.base_path}/static/{name}?v={version}" for name, version in versions.items()},
            kind_names=KIND_NAMES,
            kind_headings=KIND_HEADINGS,
            most_characters=MOST_CHARACTERS,
            feedback_kept=options.state is not None,
            question_days=options.keep_questions_days if options.state else 0,
            open_to_sites=bool(options.allowed_origins),
            asking=options.asking,
            operator=options.operator,
            here="",
        )
        self._environment.filters.update(blocks=blocks_of, when=as_written)
        self._environment.tests["leading"] = safe_link

    def page(self, name: str, values: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
        """Return the page of template ``name`` with ``values``."""
        return HTMLResponse(self._environment.get_template(name).render(values), status)

    def text(self, name: str, media_type: str) -> Response:
        """Return what template ``name`` says to a browser beside the pages, for an hour."""
        text = self._environment.get_template(name).render()
        return Response(text, media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})

    def part(self, name: str, values: Mapping[str, object]) -> Markup:
        """Return template ``name`` with ``values``, to stand in a page as it is."""
        return Markup(self._environment.get_template(name).render(values))  # noqa: S704  # escaped by the template

    def page_of_problem(self, status: HTTPStatus, detail: str, successor: str) -> HTMLResponse:
        """Return a page that says what went wrong; ``successor`` is the id of a passage to go on to, or empty."""
        values = {
            "title": _TITLES.get(status, status.phrase),
            "detail": detail,
            "successor": successor,
            "may_pass": status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        }
        return self.page("problem.html", values, status)


def printable(value: object) -> object:
    """Return ``value`` with a mark in the place of each character that HTML cannot carry: questions and documents come from anyone."""
    # Markup is what a template of ours has made of such values already.
    return _UNPRINTABLE.sub("\ufffd", value) if type(value) is str and _UNPRINTABLE.search(value) else value


def edition_of(options: HttpOptions) -> str:
    """Return the digest of everything but the build that decides what a page looks like."""
    digest = hashlib.sha256(repr((options.public_url, options.base_path, options.state is None, options.operator)).encode())
    for path in sorted(_files()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    yield from (WEB / "templates").iterdir()
    yield from STATIC.iterdir()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]

"""Which routes are limited together, how often one client may ask for each kind, and how many of a kind are at work at once.

Comes in: method-less paths below the base path. Goes out: a kind, and its bounds. Refuses to count anything.
"""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from bot.http.options import HttpOptions, Rate


class RouteKind(Enum):
    """Routes that cost alike and are wanted alike."""

    ASKING = "asking"  # a search
    READING = "reading"  # documents, passages, pages, the description; and whatever does not exist
    SUGGESTING = "suggesting"  # one request a letter typed
    PICTURES = "pictures"  # tens of milliseconds in the process that draws
    HEALTH = "health"  # asked by machines, once in a while
    ADMIN = "admin"
    STATIC = "static"  # styles and scripts: a page needs some of them


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of one kind is let through."""

    rate: Rate  # of each client
    at_once: int  # of one client at work at the same moment; more wait
    in_all: int  # of all clients at work at the same moment; more wait


# At once for one client, and in all. One client leaves most places to others; who loads a page with its pictures waits a moment.
# Two of a client keep the one thread of a kind at work all the time: more would only make others wait longer.
_PLACES = MappingProxyType(
    {
        RouteKind.ASKING: (2, 32),
        RouteKind.READING: (2, 16),
        RouteKind.SUGGESTING: (2, 16),
        RouteKind.PICTURES: (2, 8),
        RouteKind.HEALTH: (1, 4),
        RouteKind.ADMIN: (2, 8),
        RouteKind.STATIC: (6, 24),
    }
)
# How often, as a share of how often pages may be read.
_SHARES = MappingProxyType(
    {
        RouteKind.READING: 1.0,
        RouteKind.SUGGESTING: 2.0,
        RouteKind.HEALTH: 0.5,
        RouteKind.ADMIN: 0.5,
        RouteKind.STATIC: 3.0,
    }
)
_ASKING = frozenset({"/api/ask", "/api/feedback", "/feedback"})
_HEALTH = frozenset({"/livez", "/readyz", "/metrics"})
_STATIC = frozenset({"/widget.js", "/favicon.ico", "/manifest.webmanifest", "/opensearch.xml"})


def kind_of(path: str, has_query: bool) -> RouteKind:
    """Return the kind of the route at ``path``; with a query the first page answers a question."""
    if path in _ASKING or (path == "/" and has_query):
        return RouteKind.ASKING
    if path.endswith("/picture"):
        return RouteKind.PICTURES
    if path == "/api/suggest":
        return RouteKind.SUGGESTING
    if path in _HEALTH:
        return RouteKind.HEALTH
    if path in _STATIC or path.startswith("/static/"):
        return RouteKind.STATIC
    return RouteKind.ADMIN if path.startswith(("/admin", "/api/admin")) else RouteKind.READING


def bounds_of(options: HttpOptions) -> dict[RouteKind, Bounds]:
    """Return the bounds of every kind."""
    return {kind: Bounds(_rate(kind, options), *places) for kind, places in _PLACES.items()}


def _rate(kind: RouteKind, options: HttpOptions) -> Rate:
    if kind is RouteKind.ASKING:
        return options.asking
    if kind is RouteKind.PICTURES:
        return options.drawing
    return Rate(max(1, round(options.reading.requests * _SHARES[kind])), options.reading.seconds)

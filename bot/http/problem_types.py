"""What each kind of problem means, in plain words: the ``type`` of a problem leads to the page that says it.

Comes in: a status. Goes out: its type. Refuses to know what went wrong this time: that is the problem's ``detail``.
"""

from dataclasses import dataclass
from http import HTTPStatus

PAGES = "/problems"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem."""

    slug: str  # the end of its address, which never changes
    status: HTTPStatus
    means: str
    what_to_do: str


TYPES = (
    ProblemType(
        "not-http",
        HTTPStatus.BAD_REQUEST,
        "What arrived is not a request that this server can read.",
        "Send a request as HTTP says, with a shorter address and shorter headers; put a long question in the body of a POST.",
    ),
    ProblemType(
        "not-signed-in",
        HTTPStatus.UNAUTHORIZED,
        "This address is for the operator of the server, who has to show a token.",
        "Sign in under /admin, or send the token as Authorization: Bearer.",
    ),
    ProblemType(
        "not-from-there",
        HTTPStatus.FORBIDDEN,
        "The request came from a page or a place from which this is not allowed.",
        "Open the page of this server itself and do it there.",
    ),
    ProblemType(
        "not-here",
        HTTPStatus.NOT_FOUND,
        "There is nothing at this address, or no document or passage has this id.",
        "Look at the spelling. /api/v1/documents lists the documents with their ids; passages are named in answers.",
    ),
    ProblemType(
        "other-method",
        HTTPStatus.METHOD_NOT_ALLOWED,
        "The address is right, but it does not take this method.",
        "Use a method that the header Allow names.",
    ),
    ProblemType(
        "too-slow",
        HTTPStatus.REQUEST_TIMEOUT,
        "The body of the request did not arrive in time, so the server stopped waiting.",
        "Send it again, in one go.",
    ),
    ProblemType(
        "gone",
        HTTPStatus.GONE,
        "The passage was in the sources once and is not any more, or its words have changed.",
        "Go on to the passage that successor names, where there is one, or ask the question again.",
    ),
    ProblemType(
        "too-long",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body of the request is longer than this server takes.",
        "Send less: a question of a few sentences is read whole.",
    ),
    ProblemType(
        "cannot-be-used",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Something that was sent cannot be used: an unknown parameter, a number out of its range, a question without words.",
        "Read detail, and errors, which names each place; correct it and send it again.",
    ),
    ProblemType(
        "too-often",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Your address has asked more often than one client may, so that others get their turn.",
        "Wait as many seconds as Retry-After says. The headers RateLimit-Policy and RateLimit tell how many requests are left.",
    ),
    ProblemType(
        "our-fault",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on this server. It is not your request, and it has been noted, without your question.",
        "Try again in a minute. Where it stays so, tell the operator the time and the address.",
    ),
    ProblemType(
        "not-now",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The server cannot answer at this moment: too many wait, or its index is missing.",
        "Wait as many seconds as Retry-After says and send it again.",
    ),
    ProblemType(
        "no-room",
        HTTPStatus.INSUFFICIENT_STORAGE,
        "The disk of the server is full, so what you sent was not kept. Questions are answered all the same.",
        "Tell the operator.",
    ),
)
_OF_STATUS = {kind.status: kind for kind in TYPES}


def type_of(status: HTTPStatus, base: str | None) -> str:
    """Return the ``type`` of a problem with ``status``: the address of its page below ``base``, the path where a proxy serves us.

    "about:blank" where there is no such page, or ``base`` is None, because nobody knows it yet.
    """
    kind = _OF_STATUS.get(status)
    return "about:blank" if kind is None or base is None else f"{base}{PAGES}/{kind.slug}"


def type_named(slug: str) -> ProblemType | None:
    """Return the type whose address ends with ``slug``, or None."""
    return next((kind for kind in TYPES if kind.slug == slug), None)

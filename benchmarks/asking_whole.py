"""One question through everything that a surface does with it, in this process, and what that cost.

Comes in: an answer service and a question with its choices. Goes out: status, processor time and memory. Refuses to know where
questions come from. The path is the server's own: bytes of a request into the ASGI application, bytes of JSON or of the page out; and
the card and plain text of Discord, and the text of the terminal. One person asks on one surface: the search and the dearest count.
"""

import asyncio
import gc
import io
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from rich.console import Console

from bot.answering.answer_service import AnswerService
from bot.answering.answer_text import print_answer
from bot.answering.answers import Answer
from bot.answering.limits import MOST_PASSAGES
from bot.discord_bot.cards.cards import answer_card
from bot.discord_bot.cards.plain import plain_answer
from bot.discord_bot.cards.rows import CardStyle
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.texts import Texts, open_texts
from bot.http.api.schemas import EARLIER_KEPT
from bot.http.app import create_app
from bot.http.options import HttpOptions, Rate
from index.errors import QuestionError

UNLIMITED = Rate(10**9, 1.0)
MB = 1024**2


@dataclass(frozen=True, slots=True)
class Question:
    """What one client may send at most."""

    text: str
    context: tuple[str, ...] = ()
    limit: int = MOST_PASSAGES


@dataclass(slots=True)
class Whole:
    """Every surface over one service."""

    service: AnswerService
    app: FastAPI = field(init=False)
    texts: Texts = field(init=False)
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)  # one loop for all: the application waits on it

    def __post_init__(self) -> None:
        """Make the application without limits for a client: here one asks all."""
        self.app = create_app(self.service, HttpOptions(asking=UNLIMITED))
        self.texts = open_texts()["en"]

    def settle(self, questions: Sequence[Question]) -> None:
        """Be what a server is when its first people have asked ``questions``: what is loaded at first use stays loaded.

        ``bot.runtime.worker`` freezes what was loaded as well. Else one question in some hundred is charged a search of the whole
        process for objects that hold each other in circles, 100 ms that no server spends.
        """
        gc.freeze()
        for question in questions:
            self.ask(question)
        self._request("GET", "/static/page.js")  # the first that opens threads

    def ask(self, question: Question) -> "Cost":
        """Return what the search for ``question`` costs, and each surface with its answer in hand.

        Raises:
            AssertionError: a status is an error of the server; cards and terminal raise their own.
        """
        started = time.process_time()
        answer = self._answer(question)
        search = time.process_time()
        surfaces: dict[str, Callable[[], object]] = {
            "API": lambda: self._request("POST", "/api/ask", body=_body(question)),
            "page": lambda: self._request("GET", "/", _query(question)),
            "suggestions": lambda: self._request("GET", "/api/suggest", urlencode({"q": question.text[:200]})),
        }
        if answer is not None:
            surfaces["Discord"] = lambda: self._card(answer, question)
            # Only that it can be shown: whoever asks in a terminal asks on a processor of their own.
            print_answer(answer, Console(file=io.StringIO(), width=80))
        return Cost((search - started) * 1000, {name: _milliseconds(show) for name, show in surfaces.items()})

    def _answer(self, question: Question) -> Answer | None:
        try:
            return self.service.answer(question.text, question.limit, context=question.context)
        except QuestionError:
            return None

    def _card(self, answer: Answer, question: Question) -> None:
        asked = Asked(question.text, question.context[-2:])
        style = CardStyle(self.texts, "https://ask.example.org")
        card = answer_card(answer, asked, style)
        card.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it without types
        plain_answer(answer, asked, style)

    def _request(self, method: str, path: str, query: str = "", body: bytes = b"") -> None:
        status = self.runner.run(answered(self.app, method, path, query, body))
        assert status < 500, (path, status)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time, of all threads."""

    search: float
    surfaces: dict[str, float]  # each with the answer in hand

    @property
    def surface(self) -> str:
        """The surface on which the question is dearest."""
        return max(self.surfaces, key=lambda name: self.surfaces[name])

    @property
    def most(self) -> float:
        """The search and the dearest surface."""
        return self.search + self.surfaces[self.surface]


def _body(question: Question) -> bytes:
    return json.dumps({"question": question.text, "context": question.context, "limit": question.limit}).encode()


def _query(question: Question) -> str:
    return urlencode({"q": question.text, "c": question.context[-EARLIER_KEPT:], "limit": question.limit}, doseq=True)


def _milliseconds(step: Callable[[], object]) -> float:
    started = time.process_time()
    step()
    return (time.process_time() - started) * 1000


async def answered(app: FastAPI, method: str, path: str, query: str, body: bytes = b"") -> int:
    """Return the status of one request to ``app``, its whole response read."""
    status: list[int] = []
    sent: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not sent:
            await asyncio.Event().wait()  # until the end: who asks does not go away
        return sent.pop()

    async def send(message: Any) -> None:  # noqa: ANN401 - as ASGI has it
        if message["type"] == "http.response.start":
            status.append(message["status"])

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"accept-encoding", b"gzip")]
    if body:
        headers.append((b"content-length", str(len(body)).encode()))
    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        },
        receive,
        send,
    )
    return status[0]


@contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Give a list that holds, at the end, by how many megabytes memory rose at most meanwhile. Linux; mapped files count too."""
    risen: list[float] = []
    Path("/proc/self/clear_refs").write_text("5")  # begin the peak anew
    before = _kilobytes("VmRSS")
    yield risen
    risen.append((_kilobytes("VmHWM") - before) * 1024 / MB)


def _kilobytes(name: str) -> int:
    lines: Sequence[str] = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

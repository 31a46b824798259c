"""Put the HTTP surface together, and say how uvicorn serves it: its limits, whose word on the client's address it takes.

Comes in: the answer service and the operator's choices; bytes of a connection. Goes out: an ASGI application and uvicorn's
configuration; the same bytes to uvicorn, or a closed connection. Refuses to read settings, to open builds, to start anything, and
to know what is asked.

Who comes too many, says too slowly what it wants, or does not read, is cut off; ``middleware.rate_limit`` does the same for bodies,
``clients`` counts. uvicorn limits none of this. While one address holds 500 connections that say nothing or never read, another
gets 20 of 20 answers, the slowest after 0.2 s (``python -m benchmarks.starving --only 500``).
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import ClassVar

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import ASGIApp
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot.answering.answer_source import AnswerSource
from bot.http.admission.admission import Admission, door
from bot.http.api.openapi import describe
from bot.http.clients import Connections, Proxies
from bot.http.counting import keep_exchanging
from bot.http.http_state import set_up
from bot.http.metrics import Gateway
from bot.http.middleware.stack import add_middleware
from bot.http.options import HttpOptions
from bot.http.problems import add_problem_handlers, problem
from bot.http.routes import add_routes
from bot.http.templates import Templates, edition_of

HEADER_SECONDS = 10.0
MOST_HEADER_BYTES = 32 * 1024
MOST_AHEAD = 16  # requests sent before the first is answered; browsers send none, and each would be answered all the same
# A client that has taken nothing of what waits for it in so long is cut off. The system hands on some 40 kB at a time (a third of
# SEND_BYTES): a telephone that gets 2 kB a second is served.
READ_SECONDS = 20.0
# Of one connection in the kernel; left to itself it takes up to 4 MB for each who does not read.
SEND_BYTES = 64 * 1024
_ODD = problem(HTTPStatus.BAD_REQUEST, "The request line or a header is too long, or is not HTTP.")
_FULL = problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many connections are open. Close some, or come back in a few seconds.",
    {"Retry-After": "5"},
)
IDLE_SECONDS = 15
STOP_SECONDS = 10


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits: connections of a client, time and length of each head, time without reading."""

    open_connections: ClassVar[Connections] = Connections(Proxies(()))  # ``serving`` gives each server its own

    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None  # until it is looked whether the client has read something
    _unfinished = 0  # bytes of a head that has not come to its end

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever uvicorn declares
        return cycle is None or cycle.response_complete

    def cut(self) -> None:
        """Close at once, whatever has not been sent."""
        self.transport.abort()

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrowed by uvicorn
        super().connection_made(transport)
        if not self.open_connections.enter(self, self._address):
            self._refuse(_FULL, "503 Service Unavailable")
            return
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        transport.set_write_buffer_limits(0)  # what the system does not take at once is known at once
        self._wait()

    @override
    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():  # refused
            return
        if self._unfinished > MOST_HEADER_BYTES:
            self.transport.close()
            return
        super().data_received(data)
        if len(self.pipeline) > MOST_AHEAD:
            self.cut()
            return
        if self.idle:
            self._unfinished += len(data)
            self._wait()
        else:
            self._stop_waiting()

    @override
    def send_400_response(self, msg: str) -> None:
        self._refuse(_ODD, "400 Bad Request")

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    @override
    def resume_writing(self) -> None:
        self._stop_watching()
        super().resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_watching()
        self.open_connections.leave(self, self._address)
        super().connection_lost(exc)

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else "unknown"

    def _refuse(self, refusal: Response, status: str) -> None:
        head = b"".join(b"%s: %s\r\n" % header for header in refusal.raw_headers)
        self.transport.write(f"HTTP/1.1 {status}\r\n".encode() + head + b"connection: close\r\n\r\n" + bytes(refusal.body))
        self.transport.close()

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        self._unfinished = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _watch(self) -> None:
        self._stop_watching()
        self._unread = self.loop.call_later(READ_SECONDS, self._look, self.transport.get_write_buffer_size())

    def _look(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._watch()
            return
        # Reset, not closed: else the system would go on offering what it holds to a client that takes nothing.
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def server_config(app: ASGIApp, host: str, port: int, options: HttpOptions, proxies: Sequence[str] = ()) -> uvicorn.Config:
    """Return how to serve ``app`` on ``host`` and ``port``; ``proxies`` are the addresses whose forwarded headers are believed."""

    class Protocol(PatientProtocol):
        """The connections of this server."""

        open_connections = Connections(Proxies(proxies))

    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Protocol,
        ws="none",
        access_log=False,  # the address of a request holds the question
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        log_config=None,
    )


def create_app(
    service: AnswerSource, options: HttpOptions, gateway: Gateway | None = None, admission: Admission | None = None
) -> FastAPI:
    """Return the application that answers over HTTP from ``service``; health shows ``gateway``, the connection to Discord, too.

    ``admission`` is the door to the operator's pages, where others share it.
    """
    state = set_up(service, options, edition_of(options), gateway, admission or door(options))
    templates = Templates(options)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        together = asyncio.create_task(keep_exchanging(state.counting))
        async with AsyncExitStack() as beside:
            for running in app.state.beside:
                await beside.enter_async_context(running())
            yield
        together.cancel()
        await asyncio.gather(together, return_exceptions=True)
        state.close()

    app = FastAPI(
        title="Localism",
        summary="Answers questions with passages quoted word for word.",
        version="1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from other sites; /api is ours
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the client named; see bot.http.middleware.stack
        lifespan=lifespan,
        # No traces, ever: the address of a request holds the question.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    app.state.http = state
    app.state.beside = []  # what others who add routes have running meanwhile: functions that give asynchronous contexts
    describe(app, options.public_url.rstrip("/") + options.base_path)
    add_problem_handlers(app, templates.page_of_problem)
    add_routes(app, state, templates)
    add_middleware(app, state.metrics, options, state.counting)
    return app

"""How long and how far a client may go on before it has said what it wants: slow and endless headers are cut off.

Comes in: bytes of a connection. Goes out: the same to uvicorn, or a closed connection. Refuses to know what is asked;
``body_limit`` does the same for bodies.
"""

import asyncio
from http import HTTPStatus

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot.http.problems import problem

HEADER_SECONDS = 10.0
MOST_HEADER_BYTES = 32 * 1024


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a limit of time and length for the head of each request."""

    _deadline: asyncio.TimerHandle | None = None
    _unfinished = 0  # bytes of a head that has not come to its end

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrowed by uvicorn
        super().connection_made(transport)
        self._wait()

    @override
    def data_received(self, data: bytes) -> None:
        if self._unfinished > MOST_HEADER_BYTES:
            self.transport.close()
            return
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever uvicorn declares
        if cycle is None or cycle.response_complete:
            self._unfinished += len(data)
            self._wait()
        else:
            self._stop_waiting()

    @override
    def send_400_response(self, msg: str) -> None:
        refusal = problem(HTTPStatus.BAD_REQUEST, "The request line or a header is too long, or is not HTTP.")
        head = b"".join(b"%s: %s\r\n" % header for header in refusal.raw_headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head + b"connection: close\r\n\r\n" + bytes(refusal.body))
        self.transport.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        self._unfinished = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

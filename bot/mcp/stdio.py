"""``localism mcp``: answer one program over standard input and output.

Comes in: an answer service. Goes out: nothing; it ends when the program closes the input. Refuses to write anything else there.
"""

import asyncio

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Answer
from bot.mcp.server import Desk, make_server
from bot.worker_thread import OffLoop

_MOST_WAITING = 64


def serve_stdio(service: AnswerSource, public: str) -> None:
    """Answer from ``service`` until the input ends; ``public`` is the address of the page for people, or empty."""
    off_loop = OffLoop("mcp", _MOST_WAITING)

    async def ask(question: str, limit: int, documents: tuple[str, ...] | None) -> Answer:
        return await off_loop.run(service.answer, question, limit, None, (), documents)

    server = make_server(Desk(service, ask, off_loop, lambda _: 0, public))
    try:
        asyncio.run(server.run_stdio_async())
    finally:
        off_loop.close()

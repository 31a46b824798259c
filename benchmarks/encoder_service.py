"""Be a service that encodes questions and does nothing else: ``python -m benchmarks.encoder_service PORT PROCESSES``.

Comes in: the folder of an encoder, in ``BENCHMARK_ENCODER``. Goes out: how many word pieces a question has, over HTTP on loopback.
It is what ``benchmarks.http_load`` compares with: no service with the same parts can be quicker.
"""

import os
import socket
import sys
from pathlib import Path

import faiss  # noqa: F401  its import belongs to the time that a start takes
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from index.encoders.query_encoder import QueryEncoder

FOLDER = "BENCHMARK_ENCODER"


def encoder_app() -> FastAPI:
    """Return what encodes questions, in a process of its own."""
    encoder, app = QueryEncoder.open(Path(os.environ[FOLDER])), FastAPI()

    @app.get("/api/ask")
    async def ask(q: str) -> dict[str, object]:
        return {"question": q, "passages": len(encoder.encode(q).tokens)}

    return app


def main(port: int, processes: int) -> None:
    """Serve until stopped."""
    settings = uvicorn.Config(
        "benchmarks.encoder_service:encoder_app", factory=True, workers=processes, log_level="warning", access_log=False
    )
    # The socket that uvicorn makes for several processes does not say that it is TCP, and each small answer would wait 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        if processes == 1:
            uvicorn.Server(settings).run(sockets=[listening])
        else:
            Multiprocess(settings, sockets=[listening]).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

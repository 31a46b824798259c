"""How uvicorn serves the application: its limits, and whose word on the client's address it takes.

Comes in: the application and where to listen. Goes out: uvicorn's configuration. Refuses to start anything.
"""

from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from bot.http.clients import Proxies
from bot.http.middleware.connections import Connections
from bot.http.middleware.patience import PatientProtocol
from bot.http.options import HttpOptions

IDLE_SECONDS = 15
STOP_SECONDS = 10


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

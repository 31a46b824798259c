"""Run page, API and Discord bot: in one process, or in several on one port, which is taken before anything else is done.

Comes in: the folder of the builds and the settings. Goes out: a server that runs until it is told to stop. Refuses to know how
questions are answered and shown. ``bot.runtime.worker`` is what each process does; it is imported there only, so that the process
that watches over the others stays small.
"""

import errno
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from rich.console import Console

from bot.errors import DiscordLoginError, SettingsError
from bot.runtime.logs import start_logging
from bot.runtime.supervisor import SharedHealth, Supervisor
from bot.settings import Settings
from bot.state.databases.opening import check_store
from index.build.layout import live_build
from index.engines.place import EMBEDDED
from index.errors import LocalismError

# On Linux each process gets a socket of its own on the same port, and the kernel spreads connections over them. With one socket for
# all, the process that wakes first takes every connection that waits. Elsewhere the kernel does not spread: there all share one.
APART = sys.platform == "linux"
_Place = tuple[socket.AddressFamily, str]
log = logging.getLogger(__name__)

REFUSED = 2
NO_LOGIN = 3  # of a process whose bot Discord refused: it would be refused again and again


def listen(host: str, port: int, processes: int) -> list[list[socket.socket]]:
    """Return for each of ``processes`` its sockets on ``host`` and ``port``, one for each address of the host.

    Port 0 takes a free one.

    Raises:
        SettingsError: the host is unknown or the port cannot be had.
    """
    try:
        places = _places(host)
        # Sockets that share a port would also share it with a second server of ours that runs already: look first.
        first = [_bound(places[0], port, shared=False)]
        port = first[0].getsockname()[1]
        first += [_bound(place, port, shared=False) for place in places[1:]]
        if processes == 1 or not APART:
            return [first] * processes
        for probe in first:
            probe.close()
        return [[_bound(place, port, shared=True) for place in places] for _ in range(processes)]
    except OSError as error:
        raise SettingsError(_sentence(error, host, port)) from error


def address_of(sockets: Sequence[socket.socket]) -> str:
    """Return the address of the page on the first of ``sockets``."""
    host, port = sockets[0].getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _places(host: str) -> list[_Place]:
    found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


def _bound(place: _Place, port: int, shared: bool) -> socket.socket:
    family, address = place
    # Named as TCP, because asyncio sends small answers at once (TCP_NODELAY) only on sockets that say so; else each waits 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made


def _sentence(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"There is no host {host!r} to listen on. Correct LOCALISM_HOST or --host, and start again."
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken by another program. Stop it, or choose another port with LOCALISM_PORT or --port."
        )
    reason = error.strerror or str(error)
    return f"The server may not listen on port {port} of {host} ({reason}). Choose another with LOCALISM_PORT or --port."


def serve(builds: Path, host: str, port: int, workers: int, settings: Settings) -> int:
    """Serve the live build of ``builds``, and each that follows it, from ``workers`` processes until stopped; returns the exit code.

    Raises:
        BuildError: there is no build that can be used.
        SettingsError: the port cannot be had, or the store of what is kept refuses us.
        DiscordLoginError: Discord refused the token.
    """
    if settings.engine == EMBEDDED:
        live_build(builds)  # a newcomer without a build is told that first, whatever else listens on the port
    check_store(settings.state)
    sockets = listen(host, port, workers)
    address = address_of(sockets[0])

    def on_ready() -> None:
        log.info("serving %s from %d process%s", address, workers, "" if workers == 1 else "es")

    if workers == 1:
        from bot.runtime.worker import Work

        Work(builds, settings, SharedHealth()).run(sockets[0], with_bot=True, on_ready=on_ready)
        return 0
    # Started anew and not forked: libraries that run threads of their own do not survive a fork.
    context, shared_health = multiprocessing.get_context("spawn"), SharedHealth()

    def begin(number: int, say: Connection) -> BaseProcess:
        process = context.Process(
            target=_worker, args=(builds, settings, shared_health, sockets[number], number, say), name=f"worker {number}"
        )
        process.start()
        return process

    code = Supervisor(workers, begin, on_ready, hopeless=NO_LOGIN).run()
    return REFUSED if code == NO_LOGIN else code


def _worker(
    builds: Path, settings: Settings, shared_health: SharedHealth, sockets: list[socket.socket], number: int, say: Connection
) -> None:
    """Be one of several processes: the first runs the bot, and all end with the one that began them."""
    from bot.runtime.worker import Work

    start_logging(settings.log_level)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        Work(builds, settings, shared_health).run(sockets, with_bot=number == 0, on_ready=lambda: say.send(number))
    except LocalismError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        sys.exit(NO_LOGIN if isinstance(error, DiscordLoginError) else REFUSED)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

"""Run page, API and Discord bot: in one process, or in several on one port.

Comes in: the folder of the builds and the settings. Goes out: a server that runs until it is told to stop. Refuses to know how
questions are answered and shown. ``bot.runtime.worker`` is what each process does; it is imported there only, so that the process
that watches over the others stays small.
"""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from socket import socket

from rich.console import Console

from bot.errors import DiscordLoginError
from bot.runtime.listening import address_of, listen
from bot.runtime.logs import start_logging
from bot.runtime.shared_health import SharedHealth
from bot.runtime.supervisor import Supervisor
from bot.settings import Settings
from index.build.layout import live_build
from index.errors import LocalismError

log = logging.getLogger(__name__)

REFUSED = 2
NO_LOGIN = 3  # of a process whose bot Discord refused: it would be refused again and again


def serve(builds: Path, host: str, port: int, workers: int, settings: Settings) -> int:
    """Serve the live build of ``builds``, and each that follows it, from ``workers`` processes until stopped; returns the exit code.

    Raises:
        BuildError: there is no build that can be used.
        SettingsError: the port cannot be had.
        DiscordLoginError: Discord refused the token.
    """
    live_build(builds)  # a newcomer without a build is told that first, whatever else listens on the port
    sockets = listen(host, port, workers)
    address = address_of(sockets[0])

    def on_ready() -> None:
        log.info("serving %s from %d process%s", address, workers, "" if workers == 1 else "es")

    if workers == 1:
        from bot.runtime.worker import Work

        Work(builds, settings, SharedHealth()).run(sockets[0], with_bot=True, on_ready=on_ready)
        return 0
    # Started anew and not forked: libraries that run threads of their own do not survive a fork.
    context, board = multiprocessing.get_context("spawn"), SharedHealth()

    def begin(number: int, say: Connection) -> BaseProcess:
        process = context.Process(
            target=_worker, args=(builds, settings, board, sockets[number], number, say), name=f"worker {number}"
        )
        process.start()
        return process

    code = Supervisor(workers, begin, on_ready, hopeless=NO_LOGIN).run()
    return REFUSED if code == NO_LOGIN else code


def _worker(
    builds: Path, settings: Settings, board: SharedHealth, sockets: list[socket], number: int, say: Connection
) -> None:
    """Be one of several processes: the first runs the bot, and all end with the one that began them."""
    from bot.runtime.worker import Work

    start_logging(settings.log_level)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        Work(builds, settings, board).run(sockets, with_bot=number == 0, on_ready=lambda: say.send(number))
    except LocalismError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        sys.exit(NO_LOGIN if isinstance(error, DiscordLoginError) else REFUSED)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

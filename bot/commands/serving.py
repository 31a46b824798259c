"""``localism serve`` and ``localism pull``: serve the live build, and bring one where there is none or a newer one.

Comes in: what was typed and the settings. Goes out: an exit code. Where the package is installed, its corpus becomes an index at
the first start, made by ingestion in a process of its own, which shows its progress. Refuses to build where there is a build, and
from a checkout, where ``make serve`` does. What serves is brought in when it is wanted: where several processes serve, the one that
only watches over them stays small.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.errors import SettingsError
from bot.settings import MOST_WORKERS, Settings, checked_token, processes
from index.build.layout import live_build
from index.engines.place import EMBEDDED
from index.errors import NoBuild
from index.installation import INSTALLED, full_name
from index.terminal.arguments import Commands

if TYPE_CHECKING:
    from index.build.pulling import Pulled

# 1: a document could not be read; 3: the build answers worse than the one before and was not published. A build is there either way.
_WENT_WELL = {0, 1, 3}
DONE = 0


def add_serving(commands: Commands, shared: argparse.ArgumentParser, settings: Settings) -> None:
    """Add ``serve`` and ``pull`` to ``commands``; ``shared`` brings --index, ``settings`` what holds where nothing is typed."""
    serve = commands.add_parser("serve", parents=[shared], help="serve page and API, and Discord where a token is set")
    serve.add_argument("--host", default=settings.host, help="address to listen on (%(default)s)")
    serve.add_argument("--port", type=int, default=settings.port, help="port to listen on (%(default)s)")
    serve.add_argument(
        "--workers", type=_workers, default=settings.workers, metavar="N", help="processes that answer, or auto (%(default)s)"
    )
    serve.set_defaults(run=_serve)
    pull = commands.add_parser(
        "pull", parents=[shared], help="take the build that another machine has published, and make it live"
    )
    pull.add_argument("source", metavar="URL|DIR", help="where its folder of builds is: a folder, or http(s)://…")
    pull.add_argument(
        "--keep", type=int, default=2, metavar="N", help="how many builds to keep, the live one included (%(default)s)"
    )
    pull.add_argument(
        "--whole", action="store_true", help="fetch what an engine replaces too, though LOCALISM_ENGINE names one"
    )
    pull.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="wait for another run to end (%(default)s)")
    pull.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    pull.set_defaults(run=_pull)


def _workers(text: str) -> int | Literal["auto"]:
    if text == "auto":
        return "auto"
    if text.isdecimal() and 1 <= int(text) <= MOST_WORKERS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 1 to {MOST_WORKERS} nor auto")


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from bot.runtime.server import serve

    build_first(options.index)
    checked_token(settings.admin_token.get_secret_value() if settings.admin_token else "")
    return serve(options.index, options.host, options.port, processes(options.workers), settings)


def _pull(options: argparse.Namespace, settings: Settings) -> int:
    from index.build.lock import builds_lock
    from index.build.published import published_at
    from index.build.pulling import pull

    with builds_lock(options.index, "localism pull", options.wait):
        for_engine = settings.engine != EMBEDDED and not options.whole
        pulled = pull(options.index, published_at(options.source), max(options.keep, 1), for_engine)
    if options.json:
        sys.stdout.write(f"{json.dumps(asdict(pulled), indent=2)}\n")
    else:
        sys.stdout.write(f"{_told(pulled)}\n")
    return DONE


def _told(pulled: "Pulled") -> str:
    moved = f"{pulled.moved:,} bytes were moved."
    if not pulled.changed and pulled.files:
        return (
            f"Build {pulled.build} is live already; the {pulled.files} files that were left to an engine are here now: {moved}"
        )
    if not pulled.changed:
        return f"Build {pulled.build} is live already."
    here = f", {pulled.taken_over} of them were here already" if pulled.taken_over else ""
    left = f"; {pulled.left} were left to the engine" if pulled.left else ""
    return f"Build {pulled.build} is live: {pulled.files} files{here}{left}; {moved}"


def build_first(builds: Path, installed: bool = INSTALLED) -> None:
    """Make the first build in ``builds``; does nothing where one is live.

    Raises:
        SettingsError: it could not be made; the process before said why.
    """
    if not installed or _is_live(builds):
        return
    sys.stderr.write(f"There is no index in {builds} yet. It is made now, which takes a minute or two, this once.\n")
    if find_spec(full_name("ingest")) is None:
        raise SettingsError(
            "What builds an index is not installed here. Bring one from another machine: localism-index import"
        )
    command = [sys.executable, "-m", full_name("ingest"), "build", "--index", str(builds), "--wait", "600"]
    code = subprocess.run(command, check=False).returncode  # noqa: S603  # our own program
    if code not in _WENT_WELL:
        raise SettingsError(
            f"The index could not be made (exit code {code}); the lines above say why. Mend that and start again."
        )


def _is_live(builds: Path) -> bool:
    try:
        live_build(builds)
    except NoBuild:
        return False
    return True

"""The command ``localism-ingest``: make and keep the index. ``ingest.commands.context`` lists the exit codes.

Comes in: what was typed, and settings for the defaults. Goes out: what a command of ``ingest.commands`` did, as an exit code and
sentences.
"""

import argparse
import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler

from index.errors import IndexLocked, LocalismError
from index.terminal.arguments import Commands, new_parser, parse
from ingest.commands import building, documents, fetch, keeping, looking, reader, sharing, waiting
from ingest.commands.context import (
    FAULT,
    INTERRUPTED,
    LOCKED,
    REFUSED,
    building_arguments,
    carry_out,
    changing_arguments,
    shared_arguments,
    tell_error,
)
from ingest.settings import Settings, read_settings

log = logging.getLogger(__name__)

_REPORT = "please report it with the lines below."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    options: argparse.Namespace | None = None
    try:
        settings = read_settings()
        options = parse(_parser(settings), arguments)
        handler = RichHandler(console=console, show_path=False)
        logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
        code = carry_out(options, settings, console)
    except LocalismError as error:
        tell_error(console, options, str(error))
        return LOCKED if isinstance(error, IndexLocked) else REFUSED
    except OSError as error:
        log.debug("while a command ran", exc_info=True)
        where = f"{error.filename}: " if error.filename else ""
        tell_error(
            console, options, f"{where}{error.strerror or error}. Make room there, or give this user the right, and run again."
        )
        return REFUSED
    except Exception as error:  # noqa: BLE001  a fault of this program is told as such, and has an exit code of its own
        tell_error(
            console,
            options,
            f"an unexpected error, {type(error).__name__}: {error}. This is a fault of the program; {_REPORT}",
        )
        console.print(traceback.format_exc(), markup=False, highlight=False, soft_wrap=True)
        return FAULT
    except KeyboardInterrupt:
        console.print("Stopped. The live index is as it was.")
        return INTERRUPTED
    return code


def _parser(settings: Settings) -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = new_parser("localism-ingest", "Make and keep the index of the corpus.")
    commands = whole.add_subparsers(metavar="COMMAND", dest="command")
    shared = shared_arguments(settings)
    _add_building(commands, shared)
    _add_documents(commands, shared)
    _add_keeping(commands, shared, settings)
    return whole


def _add_building(commands: Commands, shared: argparse.ArgumentParser) -> None:
    build = commands.add_parser(
        "build", parents=[shared, building_arguments()], help="read, split, embed, compare, and publish a new build"
    )
    build.add_argument("--force", action="store_true", help="build even if the live build was made from exactly this corpus")
    build.add_argument("--dry-run", action="store_true", help="say what would be done and why, as status does")
    sharing.add_shard(build)
    sharing.add_join(commands, shared)
    status = commands.add_parser("status", parents=[shared], help="say what a build would do and why, without doing it")
    status.set_defaults(run=looking.status)
    publish = commands.add_parser(
        "publish", parents=[shared, building_arguments()], help="make a build live that waits, or any other"
    )
    publish.add_argument("build", nargs="?", metavar="ID", help="the build; without it the newest that waits")
    publish.set_defaults(run=waiting.publish)
    discard = commands.add_parser(
        "discard", parents=[shared, changing_arguments()], help="remove the build that waits, or a shard"
    )
    discard.add_argument("build", nargs="?", metavar="ID", help="the build or shard; without it the newest build that waits")
    discard.set_defaults(run=waiting.discard)
    check = commands.add_parser("check", parents=[shared], help="name every problem of the corpus with its file and line")
    check.set_defaults(run=looking.check)
    telling = commands.add_parser("settings", parents=[shared], help="list the settings in force and where each comes from")
    telling.set_defaults(run=looking.settings)
    reading = commands.add_parser("reader", parents=[shared], help="find the embedding model, or set it up from its packages")
    reading.add_argument("--only-look", action="store_true", help="set nothing up; say whether it is there")
    reading.add_argument(
        "--keep",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="DIR",
        help="make its light encoder and keep it, in the user's cache or in DIR: the weights are needed no more",
    )
    reading.set_defaults(run=reader.reader)


def _add_documents(commands: Commands, shared: argparse.ArgumentParser) -> None:
    add = commands.add_parser("add", parents=[shared, building_arguments()], help="put a document into the corpus and build")
    add.add_argument("source", metavar="FILE|URL", help="a file, or an address that begins with https://")
    for name, what in (("id", "id, made from the title where it is left out"), ("title", "title"), ("publisher", "publisher")):
        add.add_argument(f"--{name}", default="", help=what)
    add.add_argument("--year", default="", metavar="YEAR", help="year or date of publication")
    add.add_argument("--authors", default="", help="authors")
    add.add_argument("--url", default="", help="address where people can read it")
    add.add_argument("--licence", default="", help="licence")
    add.add_argument("--no-build", action="store_true", help="only put it into the corpus")
    add.set_defaults(run=documents.add)
    remove = commands.add_parser("remove", parents=[shared, building_arguments()], help="take a document out and build")
    remove.add_argument("id", metavar="ID", help="id of the document; localism-ingest list shows them")
    remove.add_argument("--no-build", action="store_true", help="only take it out of the corpus")
    remove.set_defaults(run=documents.remove)
    listing = commands.add_parser("list", parents=[shared], help="list the documents of the corpus and how they stand")
    listing.set_defaults(run=documents.list_documents)
    _add_describing(commands, shared)
    fetching = fetch.add_parser(commands, shared)
    fetching.set_defaults(run=lambda context: fetch.run(context.options, context.settings, context.console))
    watch = commands.add_parser(
        "watch", parents=[shared, building_arguments()], help="build whenever the corpus has changed and come to rest"
    )
    watch.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="look so often (%(default)s)")
    watch.add_argument("--batches", type=int, default=0, metavar="N", help="stop after N builds; 0 never stops")
    watch.set_defaults(run=building.watch)


def _add_describing(commands: Commands, shared: argparse.ArgumentParser) -> None:
    changing = changing_arguments()
    telling = commands.add_parser(
        "describe",
        parents=[shared, changing],
        help="show what is known of a document and what was only guessed, confirm or change it",
    )
    telling.add_argument("id", metavar="ID", help="of the document; localism-ingest list shows them")
    for name, what in (("title", "title"), ("publisher", "publisher")):
        telling.add_argument(f"--{name}", help=f'{what} as printed; "" where there is none')
    telling.add_argument(
        "--year", dest="published", metavar="YEAR", help='year or date of publication; "" where there is none'
    )
    telling.add_argument("--authors", "--author", dest="authors", help='authors; "" where there are none')
    telling.add_argument("--confirm", action="store_true", help="what was guessed is right")
    telling.set_defaults(run=looking.describe_document)
    one = commands.add_parser("keep-one", parents=[shared, changing], help="leave documents out that only repeat another one")
    one.add_argument("kept", metavar="KEPT", help="id of the document that is kept")
    one.add_argument("others", nargs="+", metavar="OTHER", help="ids of those that are left out")
    one.set_defaults(run=looking.keep_one_document)
    both = commands.add_parser(
        "keep-both", parents=[shared, changing], help="say that two documents which look alike are two; status hints no more"
    )
    for name in ("first", "second"):
        both.add_argument(name, metavar=name.upper(), help="id of one of them")
    both.set_defaults(run=looking.keep_both_documents)


def _add_keeping(commands: Commands, shared: argparse.ArgumentParser, settings: Settings) -> None:
    listing = commands.add_parser("builds", parents=[shared], help="list the builds, the newest first")
    listing.set_defaults(run=keeping.list_builds)
    rollback = commands.add_parser("rollback", parents=[shared, changing_arguments()], help="make an earlier build live again")
    rollback.add_argument(
        "build", nargs="?", metavar="ID", help="a build that was live; without it the one before the live build"
    )
    rollback.set_defaults(run=keeping.roll_back_to)
    prune = commands.add_parser("prune", parents=[shared, changing_arguments()], help="remove old builds, never the live one")
    prune.add_argument("--keep", type=_at_least_one, default=settings.keep_builds, metavar="N", help="keep N (%(default)s)")
    prune.set_defaults(run=keeping.prune_builds)
    engine = commands.add_parser(
        "engine",
        parents=[shared, changing_arguments()],
        help="bring the live build into the engine of the settings, and list what is there",
    )
    engine.set_defaults(run=keeping.show_engine)
    diff = commands.add_parser("diff", parents=[shared], help="show how two builds answer the golden questions")
    diff.add_argument("old", nargs="?", metavar="OLD", help="a build; without it the live build, or the one before it")
    diff.add_argument("new", nargs="?", metavar="NEW", help="a build; without it the one that waits, or the live build")
    diff.set_defaults(run=keeping.diff)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


if __name__ == "__main__":
    sys.exit(main())

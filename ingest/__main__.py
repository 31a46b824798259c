"""The command ``localism-ingest``: make and keep the index. ``ingest.commands.context`` lists the exit codes."""

import argparse
import json
import logging
import sys
import traceback
from collections.abc import Sequence

from rich.console import Console
from rich.logging import RichHandler

from index.errors import IndexLocked, LocalismError
from index.terminal.arguments import parse
from ingest.catalogue.shipped import bring_where_it_is_ours
from ingest.commands.context import FAULT, INTERRUPTED, LOCKED, REFUSED, CommandContext
from ingest.commands.parser import parser
from ingest.readers.sound_letters import shown_name
from ingest.settings import DEFAULT_CORPUS, read_settings

log = logging.getLogger(__name__)

_REPORT = "please report it with the lines below."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    options: argparse.Namespace | None = None
    try:
        settings = read_settings()
        options = parse(parser(settings), arguments)
        handler = RichHandler(console=console, show_path=False)
        logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
        bring_where_it_is_ours(options.corpus, DEFAULT_CORPUS)
        code: int = options.run(CommandContext(options, settings, console))
    except LocalismError as error:
        _tell(console, options, str(error))
        return LOCKED if isinstance(error, IndexLocked) else REFUSED
    except OSError as error:
        log.debug("while a command ran", exc_info=True)
        where = f"{error.filename}: " if error.filename else ""
        _tell(
            console, options, f"{where}{error.strerror or error}. Make room there, or give this user the right, and run again."
        )
        return REFUSED
    except Exception as error:  # noqa: BLE001  a fault of this program is told as such, and has an exit code of its own
        _tell(
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


def _tell(console: Console, options: argparse.Namespace | None, sentence: str) -> None:
    console.print("[red]The live index is as it was:[/red] ", end="")
    sentence = shown_name(sentence)
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    if options is not None and options.json:
        print(json.dumps({"error": sentence}, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())

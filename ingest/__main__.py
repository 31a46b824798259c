"""The command ``localism-ingest``: make and keep the index. ``ingest.commands.frame`` lists the exit codes."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.logging import RichHandler

from index.errors import IndexLocked, LocalismError
from ingest.commands.frame import INTERRUPTED, LOCKED, REFUSED, Frame
from ingest.commands.parser import parser
from ingest.settings import read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    options: argparse.Namespace | None = None
    try:
        settings = read_settings()
        options = parser(settings).parse_args(arguments)
        handler = RichHandler(console=console, show_path=False)
        logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
        code: int = options.run(Frame(options, settings, console))
    except LocalismError as error:
        console.print("[red]The live index is as it was:[/red] ", end="")
        console.print(str(error), markup=False, highlight=False, soft_wrap=True)
        if options is not None and options.json:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        return LOCKED if isinstance(error, IndexLocked) else REFUSED
    except KeyboardInterrupt:
        console.print("Stopped. The live index is as it was.")
        return INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(main())

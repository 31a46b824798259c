"""The command ``localism``: ask in a terminal, or serve page, API and Discord bot.

Exit codes: 0 answered · 1 not found · 2 nothing was done, the message says why.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bot.commands.asking import add_asking
from bot.commands.operating import add_doctor, add_report
from bot.commands.serving import add_serving
from bot.runtime.logs import start_logging
from bot.settings import Settings, read_settings
from index.errors import LocalismError
from index.terminal.arguments import new_parser, parse

REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        settings = read_settings()
        options = parse(_parser(settings), arguments)
        start_logging(settings.log_level)
        code: int = options.run(options, settings)
    except LocalismError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        return REFUSED
    except KeyboardInterrupt:
        return 130
    return code


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = new_parser("localism", "Ask the sources, or serve them.")
    commands = parser.add_subparsers(metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--index", type=Path, default=settings.index, metavar="DIR", help="folder of the builds (%(default)s)")
    add_asking(commands, shared)
    add_serving(commands, shared, settings)
    add_doctor(commands, shared)
    add_report(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())

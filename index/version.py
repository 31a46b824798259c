"""Which version of Localism this is: the option ``--version`` of every command.

Comes in: a parser of arguments. Goes out: the version that pyproject.toml names, by way of the metadata of the installed package.
Refuses to know what the command does.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from typing_extensions import override

from index.errors import LocalismError
from index.installation import PACKAGE


def add_version(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` know ``--version``, which is looked up only where it is asked for."""
    parser.add_argument("--version", action=_TellVersion, nargs=0, help="print the version and end")


class _TellVersion(argparse.Action):
    @override
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        sys.stdout.write(f"{parser.prog} {_version()}\n")
        parser.exit()


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        raise LocalismError("Localism runs from a folder and is not installed, so its version is unknown. Run: make") from None

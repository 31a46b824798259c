"""What every command has in common: its arguments, its exit codes, and the one way to print.

Comes in: settings and what a person typed. Goes out: a CommandContext. Refuses to know any command.

Exit codes: 0 done · 1 a document could not be read and no run before said so, or the corpus has problems · 2 the live index is as it
was, the message says why · 3 the new build was finished and the gate refused to publish it · 4 another run holds the lock ·
5 a fault of this program, the live index is as it was · 130 interrupted.
"""

import argparse
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from index.build.lock import builds_lock
from index.engines.place import EMBEDDED
from index.processors import at_most
from index.text.splitting import Geometry
from ingest.catalogue.corpus import bring_where_it_is_ours
from ingest.progress import Progress, ProgressBars, Silence
from ingest.readers.read_document import FileLimits, ReadingOptions
from ingest.readers.sound_letters import shown_name
from ingest.recipe import Recipe
from ingest.settings import DEFAULT_CORPUS, Settings

if TYPE_CHECKING:
    from index.engines.engine import Engine

DONE, PROBLEMS, REFUSED, NOT_PUBLISHED, LOCKED, FAULT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
_SHARE_OF_OCR = 0.8  # of the seconds that a file may take


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a command works with."""

    options: argparse.Namespace
    settings: Settings
    console: Console  # on standard error: standard output is for what was asked for

    @property
    def corpus(self) -> Path:
        """The folder of the corpus."""
        return Path(self.options.corpus)

    @property
    def builds(self) -> Path:
        """The folder of the builds."""
        return Path(self.options.index)

    @property
    def json(self) -> bool:
        """Whether a program reads what is printed."""
        return bool(self.options.json)

    @property
    def reading(self) -> ReadingOptions:
        """How files are read, by the settings."""
        settings = self.settings
        return ReadingOptions(
            ocr=settings.ocr,
            ocr_languages=settings.ocr_languages,
            ocr_least_confidence=settings.ocr_least_confidence,
            # A file whose scans take too long must end as partly read, before its time as a whole is over.
            ocr_file_seconds=_SHARE_OF_OCR * settings.file_seconds,
            limits=FileLimits(
                seconds=settings.file_seconds,
                memory_bytes=settings.file_memory_mb * 2**20,
                most_bytes=settings.file_most_mb * 2**20,
            ),
        )

    @property
    def recipe(self) -> Recipe:
        """How a corpus becomes a build, by the settings."""
        settings = self.settings
        tolerance = getattr(self.options, "tolerance", None)
        return Recipe(
            model=settings.model,
            geometry=Geometry(),
            reading=self.reading,
            keep_builds=settings.keep_builds,
            tolerance=settings.tolerance if tolerance is None else tolerance,
        )

    def engine(self) -> "AbstractContextManager[Engine | None]":
        """Hold the engine of the settings open, None where the files are searched; raises EngineRefused where it is not named well."""
        if self.settings.engine == EMBEDDED:
            return nullcontext()
        from index.engines.opening import opened_engine  # with all that searches: longer to import than most commands take

        return opened_engine(self.settings.engine)

    def lock(self) -> AbstractContextManager[None]:
        """Hold the lock of the builds; raises IndexLocked where another run holds it too long."""
        return builds_lock(self.builds, f"localism-ingest {self.options.command}", getattr(self.options, "wait", 0.0))

    def progress(self) -> AbstractContextManager[Progress]:
        """Show bars in a terminal, nothing to a program."""
        return nullcontext(Silence()) if self.json else ProgressBars(self.console)

    def say(self, text: str, style: str = "") -> None:
        """Tell a person something; a program is told nothing."""
        if not self.json:
            self.console.print(shown_name(text), markup=False, highlight=False, soft_wrap=True, style=style)

    def give_json(self, given: Mapping[str, Any]) -> None:
        """Print the one JSON object that a program asked for."""
        if self.json:
            print(shown_name(json.dumps(given, ensure_ascii=False, indent=2)))  # noqa: T201  # the output of the command


def carry_out(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Run the command that was typed, on no more processors than it may take; returns its exit code.

    The corpus of an installed package is brought where it may be changed.
    """
    bring_where_it_is_ours(options.corpus, DEFAULT_CORPUS)
    with at_most(_processors_for(options, settings)):
        code: int = options.run(CommandContext(options, settings, console))
    return code


def shared_arguments(settings: Settings) -> argparse.ArgumentParser:
    """Return the arguments of every command."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--corpus", type=Path, default=settings.corpus, metavar="DIR", help="folder of the corpus (%(default)s)"
    )
    shared.add_argument("--index", type=Path, default=settings.index, metavar="DIR", help="folder of the builds (%(default)s)")
    shared.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return shared


def changing_arguments() -> argparse.ArgumentParser:
    """Return the arguments of every command that changes the builds."""
    changing = argparse.ArgumentParser(add_help=False)
    changing.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="wait so long for another run to end")
    return changing


def building_arguments() -> argparse.ArgumentParser:
    """Return the arguments of every command that may make and publish a build."""
    building = argparse.ArgumentParser(add_help=False, parents=[changing_arguments()])
    how = building.add_mutually_exclusive_group()
    how.add_argument("--accept", action="store_true", help="publish even if the golden questions are answered worse")
    how.add_argument("--hold", action="store_true", help="finish the build and leave the switch to localism-ingest publish")
    building.add_argument(
        "--tolerance", type=_share, metavar="SHARE", help="share of the golden score that may be lost (by setting, 0.01)"
    )
    building.add_argument(
        "--workers", type=_workers, metavar="N", help="read and embed on at most N processors; 0: on all (by setting, 0)"
    )
    return building


def tell_error(console: Console, options: argparse.Namespace | None, sentence: str) -> None:
    """Say why nothing has changed; a program gets it as JSON too."""
    console.print("[red]The live index is as it was:[/red] ", end="")
    sentence = shown_name(sentence)
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    if options is not None and options.json:
        print(json.dumps({"error": sentence}, ensure_ascii=False))  # noqa: T201  # the output of the command


def _processors_for(options: argparse.Namespace, settings: Settings) -> int:
    """Return on how many processors a command may work at most, 0 for all: what was typed goes before the settings."""
    typed: int | None = getattr(options, "workers", None)
    return settings.build_workers if typed is None else typed


def _workers(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is less than 0")
    return number


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share

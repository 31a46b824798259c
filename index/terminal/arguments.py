"""What every command takes alike: ``--version``, ``--completion``, a question without quotation marks; and help with typing errors.

Comes in: words typed. Goes out: a namespace, the version that pyproject.toml names, by way of the metadata of the installed
package, or one sentence and exit code 2. Refuses to know what a command does.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from typing_extensions import override

from index.errors import LocalismError
from index.installation import PACKAGE

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # where commands are added
SHELLS = ("bash", "zsh", "fish")
MOST_READ = 20_000  # characters of a question from standard input; what is longer is refused as a question, not held whole
REFUSED = 2
# Where shtab writes nothing, zsh shows a message for words that can be anything, and then completes no option there either.
_NOTHING_TO_OFFER = "{ }"
_NO_NUMBER = re.compile(r"^argument ([^:]+): invalid (?:int|float) value: '(.*)'$")  # argparse's own words for it


class CommandParser(argparse.ArgumentParser):
    """A parser that says in one sentence what it did not understand, and what was probably meant."""

    @override
    def error(self, message: str) -> NoReturn:
        """Print ``message`` and where help is, and end."""
        message = _NO_NUMBER.sub(r"\1 takes a number, not “\2”.", message)
        self.exit(REFUSED, f"{self.prog}: {message}\nHelp: {self.prog} --help\n")

    @override
    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # argparse's own way to check choices; its sentence lists them as Python writes a list.
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        of = "command" if isinstance(action, argparse._SubParsersAction) else f"choice for {'/'.join(action.option_strings)}"
        raise argparse.ArgumentError(None, f"There is no {of} “{value}”. {_meant(str(value), known)}")


def new_parser(name: str, description: str) -> argparse.ArgumentParser:
    """Return the parser of the command ``name``, with what every command takes."""
    parser = CommandParser(prog=name, description=description)
    add_version(parser)
    parser.add_argument(
        "--completion", action=_PrintCompletion, choices=SHELLS, metavar="SHELL", help="print completion for bash, zsh or fish"
    )
    return parser


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what ``arguments`` say; without a command the help is shown. Ends the program where they cannot be understood."""
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        parser.error(_unknown(parser, sys.argv[1:] if arguments is None else arguments, unknown[0]))
    if not hasattr(given, "run"):
        parser.print_help(sys.stderr)
        parser.exit(REFUSED)
    return given


def add_question(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take a question: in quotation marks or without, or from standard input."""
    parser.add_argument(
        "question", nargs="*", help="in plain words; in quotation marks where it holds an apostrophe; - reads standard input"
    )


def question_of(parser_name: str, words: Sequence[str]) -> str:
    """Return the question that ``words`` are; where there are none, or only "-", it is read from standard input.

    Ends the program where a person at a terminal has typed no question.
    """
    if words and list(words) != ["-"]:
        return " ".join(words)
    if not words and sys.stdin.isatty():
        example = f'{parser_name} "How long do we have to object?"'
        sys.stderr.write(f"{parser_name}: There is no question. Type it behind the command: {example}\n")
        raise SystemExit(REFUSED)
    return sys.stdin.read(MOST_READ).strip()


def _meant(typed: str, known: Sequence[str]) -> str:
    near = get_close_matches(typed.lower(), known, n=2)
    listed = f"There are: {', '.join(known)}."
    return f"Did you mean “{'” or “'.join(near)}”? {listed}" if near else listed


def _unknown(parser: argparse.ArgumentParser, typed: Sequence[str], first: str) -> str:
    if not first.startswith("-"):
        return f"“{first}” stands where nothing is expected. Options come before the words or after them, not between."
    options = [name for name in _options_of(parser, typed) if name.startswith("--")]
    return f"There is no option “{first.partition('=')[0]}”. {_meant(first.partition('=')[0], options)}"


def _options_of(parser: argparse.ArgumentParser, typed: Sequence[str]) -> Iterator[str]:
    """Yield the options of ``parser``, or of that of its commands which was typed."""
    commands = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    chosen = [action.choices[word] for action in commands for word in typed if word in action.choices]
    if chosen:
        yield from _options_of(chosen[0], typed)
    else:
        yield from (name for action in parser._actions for name in action.option_strings)


class _PrintCompletion(argparse.Action):
    @override
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        # Only who asks for it waits for the library.
        import shtab

        for action in _actions_of(parser):
            if action.type is Path:
                action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE  # type: ignore[attr-defined]  # shtab's way
            elif not action.option_strings and not action.choices:
                action.complete = {"zsh": _NOTHING_TO_OFFER}  # type: ignore[attr-defined]  # as above
        sys.stdout.write(shtab.complete(parser, shell=str(values)))
        parser.exit()


def _actions_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in dict.fromkeys(action.choices.values()):
                yield from _actions_of(command)


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

"""``localism report``: what was asked and not found, and what people said of passages, in a terminal or as CSV.

Comes in: the operator's settings. Goes out: tables, or CSV. Refuses to know the build.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple

from rich.console import Console

from bot.errors import SettingsError
from bot.settings import Settings
from index.terminal.arguments import Commands

DONE = 0
VERDICTS = ("helpful", "not helpful", "wrong page")


def add_report(commands: Commands) -> None:
    """Add ``report`` to ``commands``."""
    report = commands.add_parser("report", help="print what was asked and not found, and what people said of passages")
    report.add_argument("--csv", action="store_true", help="print the questions as CSV and nothing else")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace, settings: Settings) -> int:
    if options.csv:
        sys.stdout.write(questions_csv(settings))
    else:
        print_reports(settings, Console(highlight=False))
    return DONE


def questions_csv(settings: Settings) -> str:
    """Return the questions that were not answered, most asked first, as CSV.

    Raises:
        SettingsError: no questions are kept.
    """
    from bot.state.kept import open_kept
    from bot.state.table_cells import csv_of

    if settings.state is None or not settings.keep_questions_days:
        raise SettingsError(
            "No questions are kept. Set LOCALISM_STATE to a folder and LOCALISM_KEEP_QUESTIONS_DAYS to a number of days."
        )
    with closing(open_kept(settings.state, settings.keep_questions_days)) as kept:
        return csv_of(kept.questions.not_answered() if kept.questions else [])


def print_reports(settings: Settings, console: Console) -> None:
    """Print both reports.

    Raises:
        SettingsError: nothing is kept.
    """
    from bot.state.kept import open_kept

    if settings.state is None:
        raise SettingsError("Nothing is kept. Set LOCALISM_STATE to a folder.")
    with closing(open_kept(settings.state, settings.keep_questions_days)) as kept:
        asked = [astuple(row) for row in kept.questions.not_answered()] if kept.questions else []
        judged = [astuple(row) for row in kept.questions.judged()] if kept.questions else []
        rows = [astuple(row) for row in kept.feedback.rows()] if kept.feedback else []
    if settings.keep_questions_days:
        _print("Asked and not found", ("question", "status", "times", "last asked"), asked, console)
        _print("Feedback by question", ("question", "passage", "document", *VERDICTS, "last"), judged, console)
    _print("Feedback by passage", ("passage", "document", *VERDICTS, "last"), rows, console)


def _print(title: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]], console: Console) -> None:
    from index.terminal.tables import print_table

    if rows:
        print_table(console, columns, rows, right=VERDICTS, title=title)
    else:
        console.print(f"{title}: none yet.")

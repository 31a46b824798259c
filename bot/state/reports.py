"""What was asked and not found, and what people said of passages: tables in a terminal, or CSV that a spreadsheet may open.

Comes in: the operator's settings; rows of texts that anyone may have typed. Goes out: tables; CSV, in which a text is marked as
text where a program could take it for a formula. Refuses to know the build.
"""

import csv
import io
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple, fields

from rich.console import Console

from bot.errors import SettingsError
from bot.settings import Settings
from bot.state.kept import open_kept
from bot.state.question_log import AskedRow
from index.terminal.tables import print_table

VERDICTS = ("helpful", "not helpful", "wrong page")
_FORMULA_SIGNS = "=+-@"
_MINUS = "\u2212"  # the true minus sign, which no folding makes a hyphen
_STARTS_OF_CELLS = "\t\r\n"  # some programs take what follows for a cell of its own


def csv_of(rows: Sequence[AskedRow]) -> str:
    """Return ``rows`` as CSV with a head line; no cell can run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields(AskedRow)])
    writer.writerows([[plain_cell(value) if isinstance(value, str) else value for value in astuple(row)] for row in rows])
    return text.getvalue()


def plain_cell(text: str) -> str:
    """Return ``text`` with an apostrophe in front where a spreadsheet could run it.

    Signs count in every width and form that folds to them (full-width, small), and behind spaces and marks that nobody sees:
    a program that folds or trims what it imports would find them at the start.
    """
    seen = text.lstrip("".join({char for char in text if _is_unseen(char)}))
    first = unicodedata.normalize("NFKC", seen[:1]).replace(_MINUS, "-")
    return f"'{text}" if text.startswith(tuple(_STARTS_OF_CELLS)) or first.startswith(tuple(_FORMULA_SIGNS)) else text


def _is_unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf"}


def questions_csv(settings: Settings) -> str:
    """Return the questions that were not answered, most asked first, as CSV.

    Raises:
        SettingsError: no questions are kept.
    """
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
    if rows:
        print_table(console, columns, rows, right=VERDICTS, title=title)
    else:
        console.print(f"{title}: none yet.")

"""The questions that were kept as a table that a spreadsheet may open.

Comes in: rows of texts that anyone may have typed. Goes out: CSV, in which a text is marked as text where a program could take it
for a formula. Refuses to choose the rows.
"""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import astuple, fields

from bot.state.question_log import AskedRow

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

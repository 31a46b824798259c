"""Read labelled question sets: docs.jsonl, queries.jsonl, qrels.tsv.

Comes in: paths. Goes out: documents, questions and judgements, or the line that cannot be used. Refuses to search.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import BenchmarkSetError


@dataclass(frozen=True, slots=True)
class SetDocument:
    """A document of a set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question of a set."""

    id: str
    text: str
    answerable: bool


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """A labelled question set."""

    documents: tuple[SetDocument, ...]
    questions: tuple[SetQuestion, ...]
    relevant: dict[str, dict[str, float]]  # question id to document id to grade


def read_set(documents: Path, questions: Path, judgements: Path, unanswerable: Path | None = None) -> BenchmarkSet:
    """Return the set that lies in these files; ``unanswerable`` holds more questions that nothing in it answers.

    Raises:
        BenchmarkSetError: a file is missing, or a line of it cannot be used.
    """
    asked = [_question(row, place) for row, place in _rows(questions)]
    if unanswerable:
        asked += [SetQuestion(_text(row, "id", place), _text(row, "text", place), False) for row, place in _rows(unanswerable)]
    return BenchmarkSet(tuple(_document(row, place) for row, place in _rows(documents)), tuple(asked), _judgements(judgements))


def _document(row: dict[str, Any], place: str) -> SetDocument:
    # A document may be nothing but a title.
    title = str(row.get("title") or "")
    return SetDocument(_text(row, "id", place), title, str(row.get("text") or title))


def _question(row: dict[str, Any], place: str) -> SetQuestion:
    return SetQuestion(_text(row, "id", place), _text(row, "text", place), row.get("answerable", True) is not False)


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BenchmarkSetError(f"{path}:{number}: not JSON ({error}); one object a line is wanted") from error
        if not isinstance(row, dict):
            raise BenchmarkSetError(f"{path}:{number}: a JSON object is wanted, found {type(row).__name__}")
        yield row, f"{path}:{number}"


def _judgements(path: Path) -> dict[str, dict[str, float]]:
    relevant: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_lines(path), start=1):
        fields = line.rstrip("\n").split("\t")
        if not line.strip() or (number == 1 and not _is_number(fields[-1])):
            continue
        if len(fields) != 3 or not _is_number(fields[2]):
            raise BenchmarkSetError(f"{path}:{number}: question, document and grade are wanted, separated by tabs")
        if float(fields[2]) > 0:
            relevant.setdefault(fields[0], {})[fields[1]] = float(fields[2])
    return relevant


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchmarkSetError(f"{path} cannot be read ({error})") from error


def _text(row: dict[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if value is None or not str(value).strip():
        raise BenchmarkSetError(f"{place}: the key {key!r} is missing or empty")
    return str(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

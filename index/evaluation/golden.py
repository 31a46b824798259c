"""Golden questions: what people ask, which sections answer it, and what must be refused.

Comes in: corpus/questions.toml. Goes out: records, or every problem with its line. Refuses to ask them: see
index.evaluation.golden_run.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import BenchmarkSetError
from index.lexicon import HAND_WRITTEN

QUESTIONS_FILE = "questions.toml"
VERDICTS = ("answer", "refuse")
_KNOWN = {"id", "text", "asker", "verdict", "kind", "held_back", "answers", "context", "why", "example"}


@dataclass(frozen=True, slots=True)
class Place:
    """A section of a document."""

    document: str  # id
    section: str  # the heading as it stands, or the path "A > B"


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question whose right answer is known."""

    id: str
    text: str
    answers: tuple[Place, ...]  # empty: must be refused
    held_back: bool  # never looked at while anything is tuned
    kind: str = ""
    asker: str = ""
    why: str = ""  # of a refusal: "other jurisdiction", "off topic" …
    context: tuple[str, ...] = ()  # earlier questions of the conversation, oldest first
    example: bool = False  # shown first where people are told what they can ask
    line: int = 0

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers it."""
        return bool(self.answers)


def read_golden(path: Path) -> list[GoldenQuestion]:
    """Return the golden questions in ``path``, in order; none where there is no file.

    Raises:
        BenchmarkSetError: entries that cannot be used, each named with its line.
    """
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding=HAND_WRITTEN)
        tables = tomllib.loads(text).get("question", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BenchmarkSetError(f"{path}: {error}") from error
    lines = [text.count("\n", 0, match.end()) + 1 for match in re.finditer(r"^\[\[question\]\]", text, re.MULTILINE)]
    if len(lines) != len(tables):
        raise BenchmarkSetError(f"{path}: write every question as a [[question]] table at the beginning of a line")
    problems: list[str] = []
    questions = [_question(table, line, path, problems) for table, line in zip(tables, lines, strict=True)]
    problems.extend(_repeated_ids(path, questions))
    if problems:
        raise BenchmarkSetError("\n".join(problems))
    return questions


def _question(table: dict[str, Any], line: int, path: Path, problems: list[str]) -> GoldenQuestion:
    def wrong(what: str) -> None:
        problems.append(f"{path}:{line}: {what}")

    for name in sorted(set(table) - _KNOWN):
        wrong(f"unknown key {name!r}; known are {', '.join(sorted(_KNOWN))}")
    verdict = table.get("verdict")
    if verdict not in VERDICTS:
        wrong(f"verdict is {verdict!r}; it must be one of {', '.join(VERDICTS)}")
    if not str(table.get("id", "")) or not str(table.get("text", "")).strip():
        wrong("a question needs an id and a text")
    answers = tuple(Place(str(place.get("document", "")), str(place.get("section", ""))) for place in table.get("answers", []))
    if (verdict == "answer") != bool(answers):
        wrong("a question with the verdict answer names at least one section, one with the verdict refuse names none")
    return GoldenQuestion(
        id=str(table.get("id", "")),
        text=str(table.get("text", "")),
        answers=answers,
        held_back=table.get("held_back") is True,
        kind=str(table.get("kind", "")),
        asker=str(table.get("asker", "")),
        why=str(table.get("why", "")),
        context=tuple(map(str, table.get("context", []))),
        example=table.get("example") is True,
        line=line,
    )


def _repeated_ids(path: Path, questions: list[GoldenQuestion]) -> list[str]:
    first: dict[str, int] = {}
    problems = []
    for question in questions:
        if question.id in first:
            problems.append(f"{path}:{question.line}: the id {question.id!r} is already used in line {first[question.id]}")
        first.setdefault(question.id, question.line)
    return problems

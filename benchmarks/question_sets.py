"""The labelled question sets beside the checkout, and throw-away builds of them.

Comes in: names of sets. Goes out: their documents, questions, judgements and marked answers, and an opened build. Refuses to know what
is measured.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.build.layout import BuildLayout
from index.build.reader import Build, open_build
from index.encoders.full import SentenceTransformerEmbedder
from index.evaluation.benchmark_sets import BenchmarkSet, SetDocument, SetQuestion, build_throw_away, read_set
from index.evaluation.labelled_set import DEPTH
from index.retrieval.searcher import Hit
from ingest.settings import read_settings

SETS = Path(__file__).resolve().parent.parent.parent / "shared" / "bench"
NAMES = ("conditionalqa", "squad2", "doc2dial", "covid_faq", "cranfield", "ohrbench_law")
MISSING = f"There are no question sets in shared/{SETS.name} beside this checkout, so there is nothing to measure."

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """Where an answer stands."""

    document: str
    start: int  # half-open range in the document's text, in characters
    end: int


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set with the questions that are asked of it."""

    name: str
    documents: tuple[SetDocument, ...]
    asked: tuple[SetQuestion, ...]  # with an answer and a judgement
    refusable: tuple[SetQuestion, ...]  # without an answer
    relevant: dict[str, dict[str, float]]  # question id to document id to grade


def add_arguments(parser: argparse.ArgumentParser, names: Sequence[str] = NAMES, most: int = 600) -> None:
    """Add which sets to measure, and how many questions of each."""
    parser.add_argument("sets", nargs="*", default=names, metavar="SET", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--most", type=int, default=most, help="questions of each kind asked of a set (%(default)s)")


def reader() -> SentenceTransformerEmbedder:
    """Return the reader that LOCALISM_MODEL names, the server's own where it names none."""
    return SentenceTransformerEmbedder(read_settings().model)


def are_there() -> bool:
    """Tell whether the sets are beside the checkout, and say so where they are not."""
    if not SETS.is_dir():
        print(MISSING)
    return SETS.is_dir()


def read_questions(name: str, most: int) -> QuestionSet:
    """Return the set of that name with at most ``most`` questions of each kind, spread evenly over the set."""
    folder = SETS / name
    other = folder / "queries_out_of_collection.jsonl"
    whole: BenchmarkSet = read_set(
        folder / "docs.jsonl", folder / "queries.jsonl", folder / "qrels.tsv", other if other.is_file() else None
    )
    asked = [question for question in whole.questions if question.answerable and whole.relevant.get(question.id)]
    refusable = [question for question in whole.questions if not question.answerable]
    return QuestionSet(name, whole.documents, spread(asked, most), spread(refusable, most), whole.relevant)


def marked_answers(name: str) -> dict[str, list[MarkedAnswer]]:
    """Return for each question of a set where its answers are marked; empty where none are."""
    path = SETS / name / "spans.jsonl"
    marked: dict[str, list[MarkedAnswer]] = {}
    for line in path.read_text(encoding="utf-8").split("\n") if path.is_file() else ():
        if line.strip():
            row = json.loads(line)
            marked.setdefault(str(row["qid"]), []).append(MarkedAnswer(str(row["docid"]), int(row["start"]), int(row["end"])))
    return marked


def spread(among: Sequence[_Kind], most: int) -> tuple[_Kind, ...]:
    """Return at most ``most`` of ``among``, evenly spread: neighbours in a set often ask about one document."""
    count = min(most, len(among))
    return tuple(among[place * len(among) // count] for place in range(count))


@contextmanager
def opened(
    questions: QuestionSet, model: SentenceTransformerEmbedder, light: bool = True, kept: Path | None = None
) -> Iterator[Build]:
    """Build the documents of a set, as production does, and remove the build afterwards.

    Args:
        questions: the set.
        model: embeds.
        light: embed with the light encoder.
        kept: where builds stand that were made before, and stay; nowhere if not given.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if kept is None else kept / model.identity.name / questions.name
        made = [manifest.parent for manifest in sorted(folder.glob("*/manifest.json"))]
        if not made:
            folder.mkdir(parents=True, exist_ok=True)
        build = open_build(made[-1]) if made else build_throw_away(questions.documents, model, folder, light=light)
        try:
            yield build
        finally:
            build.close()


def documents_of(hits: Iterable[Hit]) -> list[str]:
    """Return the first different documents that ``hits`` stand in: a document counts at its best passage."""
    return first_different(hit.passage.document_id for hit in hits)


def first_different(names: Iterable[str]) -> list[str]:
    """Return the first ``DEPTH`` different names."""
    return list(dict.fromkeys(names))[:DEPTH]


def megabytes_of_tokens(build: Build) -> float:
    """Return what the token vectors of ``build`` take on disk."""
    return sum(path.stat().st_size for path in BuildLayout(build.folder).tokens.iterdir()) / 1e6


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> str:
    """Return by how much the gains of ``one`` are above those of ``other``, question by question, with its standard error."""
    gap = one - other
    return f"{gap.mean():+.4f} ± {gap.std(ddof=1) / len(gap) ** 0.5:.4f}"

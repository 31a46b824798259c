"""Ranking and confidence on labelled question sets, beside what else can be had with the same model, in the same run.

    python -m benchmarks.sets [SET …] [--most N] [--without-txtai] [--index DIR] [--keep DIR] [--write]

Rivals: vectors alone, bm25s alone, the hybrid of txtai (see benchmarks.rivals). The golden questions are asked of the live build in
``--index``, where there is one. ``--write`` puts the table into benchmarks/SETS.md and the pictures into benchmarks/pictures/. Reads
../shared/bench and says so where it is not there. txtai embeds every passage anew, which takes most of the time.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks import golden_confidence, question_sets
from benchmarks.calibration import Judged, evened
from benchmarks.question_sets import QuestionSet, documents_of
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build
from index.evaluation.calibration import auroc
from index.evaluation.labelled_set import PASSAGES_ASKED_FOR, ndcg
from index.retrieval.searcher import Searcher

EXTRA = ("bm25s", "matplotlib", "txtai")
DRAWN = ("conditionalqa", "squad2")  # their questions without an answer were asked by people, not made by leaving answers out
TIMED = 200  # questions of a set


@dataclass(frozen=True, slots=True)
class Measured:
    """What one set gave; nDCG@10 of each way to rank, times in milliseconds a question."""

    name: str
    passages: int
    asked: int
    refusable: int
    left_out: bool  # whether the questions without an answer are those with one, asked again with what answers left out
    vectors: float
    bm25s: float
    txtai: float | None  # None where it was left out
    ours: float
    judged: tuple[Judged, ...]
    plain_ms: float  # vectors and BM25 alone
    our_ms: float

    @property
    def ratio(self) -> float:
        """How ours compares with the better of vectors alone and bm25s alone."""
        return self.ours / max(self.vectors, self.bm25s)

    @property
    def area(self) -> float:
        """How well confidence tells questions with an answer from those without (AUROC)."""
        sure: dict[bool, list[float]] = {True: [], False: []}
        for one in self.judged:
            sure[one.answerable].append(one.confidence)
        return auroc(sure[True], sure[False])


def main() -> int:
    """Run the sets that are asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    question_sets.add_arguments(parser)
    parser.add_argument("--without-txtai", action="store_true", help="spare the time that its embedding takes")
    parser.add_argument(
        "--index", type=Path, default=DEFAULT_BUILDS, help="where the golden questions are asked (%(default)s)"
    )
    parser.add_argument("--keep", type=Path, help="where the builds of the sets stay, and are found again")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    missing = [name for name in EXTRA if find_spec(name) is None and not (name == "txtai" and options.without_txtai)]
    if missing:
        print(
            f"Not installed: {', '.join(missing)}. Install what the benchmark compares with: pip install -e '.[ingest,bench]'"
        )
        return 2
    if not question_sets.are_there():
        return 2
    found = list(measured(options.sets, options.most, not options.without_txtai, options.keep))
    golden = golden_confidence.judged(options.index)
    from benchmarks import sets_page

    print(sets_page.table(found, golden))
    if options.write:
        drawn = {one.name: evened(one.judged) for one in found if one.name in DRAWN} | golden
        sets_page.write(found, golden, drawn, options.most)
    return 0


def measured(names: Sequence[str], most: int, with_txtai: bool, kept: Path | None) -> Iterator[Measured]:
    """Yield what each set gives, saying how far it is."""
    model = question_sets.reader()
    for name in names:
        started = time.perf_counter()
        questions = question_sets.read_questions(name, most)
        with question_sets.opened(questions, model, kept=kept) as build:
            yield _measured(questions, build, model.folder if with_txtai else None)
        print(f"{name}: measured in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)


def _measured(questions: QuestionSet, build: Build, txtai_reads: Path | None) -> Measured:
    from benchmarks import rivals  # needs the extra

    searcher = Searcher(build)
    ours, judged = _asked(questions, searcher)
    refused = questions.refusable or questions.asked
    plain_ms, our_ms = _timed(questions, rivals.plain_search(build), lambda text: searcher.search(text, rivals.PASSAGES_SHOWN))

    def mean(rank: Callable[[str], list[str]]) -> float:
        return float(np.mean([ndcg(rank(one.text), questions.relevant[one.id]) for one in questions.asked]))

    return Measured(
        name=questions.name,
        passages=build.manifest.passages,
        asked=len(questions.asked),
        refusable=len(refused),
        left_out=not questions.refusable,
        vectors=mean(rivals.by_vector(build)),
        bm25s=mean(rivals.by_bm25s(build)),
        txtai=mean(rivals.by_txtai(build, txtai_reads)) if txtai_reads else None,
        ours=ours,
        judged=tuple(judged + _unanswerable(questions, searcher)),
        plain_ms=plain_ms,
        our_ms=our_ms,
    )


def _asked(questions: QuestionSet, searcher: Searcher) -> tuple[float, list[Judged]]:
    scores, judged, abstention = [], [], searcher.abstention()
    for question in questions.asked:
        findings = searcher.search(question.text, PASSAGES_ASKED_FOR)
        found, relevant = documents_of(findings.hits), questions.relevant[question.id]
        scores.append(ndcg(found, relevant))
        judged.append(
            Judged(
                abstention.decide(question.text, findings.evidence).confidence,
                bool(found) and found[0] in relevant,
                answerable=True,
            )
        )
    return float(np.mean(scores)), judged


def _unanswerable(questions: QuestionSet, searcher: Searcher) -> list[Judged]:
    """Ask what has no answer; a set that has none such is asked its questions again, with the documents that answer left out."""
    abstention = searcher.abstention()

    def confidence(question: str, documents: list[str] | None = None) -> float:
        return abstention.decide(question, searcher.search(question, 1, documents).evidence).confidence

    if questions.refusable:
        sure = [confidence(question.text) for question in questions.refusable]
    else:
        names = [document.id for document in searcher.build.records.documents]
        sure = [
            confidence(question.text, [name for name in names if name not in questions.relevant[question.id]])
            for question in questions.asked
        ]
    return [Judged(confidence, right=False, answerable=False) for confidence in sure]


def _timed(questions: QuestionSet, *searches: Callable[[str], object]) -> tuple[float, ...]:
    """Return the milliseconds that each search takes a question, in turns: the machine may be shared."""
    spent = [0.0] * len(searches)
    asked = question_sets.spread(questions.asked, TIMED)
    for number, question in enumerate(asked):
        for place in (range(len(searches)), range(len(searches) - 1, -1, -1))[number % 2]:
            started = time.perf_counter()
            searches[place](question.text)
            spent[place] += time.perf_counter() - started
    return tuple(seconds / len(asked) * 1000 for seconds in spent)


if __name__ == "__main__":
    sys.exit(main())

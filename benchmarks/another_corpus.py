"""Ask a corpus of which nothing is known but its texts: ``python -m benchmarks.another_corpus [--seed N] [--shown]``.

Comes in: 213 answers of public health offices with the questions that people put to them (../shared/bench/covid_faq), and questions of
other sets, which are off topic there. Goes out: for the reader that LOCALISM_MODEL names, how often a question is wrongly refused, how
often one off topic is refused, and how often a near miss is shown as answered: a question of which every answering text was taken out
of a second build. Neither build has golden questions, paraphrases or signposts. Says so where the sets are not there.

A near miss is one by the labels of the set: its offices answer many a question twice, so some of what is shown does answer.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from benchmarks import question_sets
from benchmarks.question_sets import QuestionSet
from bot.answering.answer_service import AnswerService
from bot.answering.answers import Status
from index.build.reader import Build
from index.evaluation.benchmark_sets import SetQuestion

CORPUS = "covid_faq"
OTHERS = ("squad2", "cranfield", "doc2dial")
ASKED = 200  # questions that are answered there
OFF_TOPIC = 40  # of each other set
TAKEN_OUT = 0.3  # share of the texts that the second build lacks
NEAR_MISSES = 100
SHOWN = 3

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a question."""

    question: SetQuestion
    status: Status
    confidence: float  # 0 to 1
    documents: tuple[str, ...]  # of the passages that were shown, best first


def main() -> int:
    """Build twice, ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=18, help="draws the questions and what is taken out (%(default)s)")
    parser.add_argument("--shown", action="store_true", help="print the near misses that are shown as answered")
    options = parser.parse_args()
    if not question_sets.are_there():
        return 2
    chance = np.random.default_rng(options.seed)
    whole = question_sets.read_questions(CORPUS, most=10**6)
    off_topic = [one for name in OTHERS for one in drawn(_answered_in(name), OFF_TOPIC, chance)]
    rest, missed = without(whole, frozenset(drawn([one.id for one in whole.documents], TAKEN_OUT, chance)))
    model = question_sets.reader()
    with question_sets.opened(whole, model) as build:
        held = asked(build, drawn(whole.asked, ASKED, chance))
        away = asked(build, off_topic)
    with question_sets.opened(rest, model) as build:
        missing = asked(build, drawn(missed, NEAR_MISSES, chance))
    _tell(model.identity.name, whole, held, away, missing)
    for one in missing if options.shown else ():
        if one.status is Status.ANSWERED:
            print(f"{one.confidence:.2f} {one.question.text!r} by {one.documents[0]}")
    return 0


def without(whole: QuestionSet, gone: frozenset[str]) -> tuple[QuestionSet, list[SetQuestion]]:
    """Return the set without the documents ``gone``, and the questions that nothing in it answers any more."""
    left = tuple(document for document in whole.documents if document.id not in gone)
    missed = [question for question in whole.asked if gone.issuperset(whole.relevant[question.id])]
    return replace(whole, documents=left), missed


def drawn(among: Sequence[_Kind], count: float, chance: np.random.Generator) -> list[_Kind]:
    """Return ``count`` of ``among`` drawn by ``chance``, all where there are fewer; below 1 it is a share of them."""
    most = count if count >= 1 else round(count * len(among))
    return [among[place] for place in chance.permutation(len(among))[: int(most)]]


def asked(build: Build, questions: Sequence[SetQuestion]) -> list[Came]:
    """Return what comes of each question."""
    service, found = AnswerService(build), []
    for question in questions:
        answer = service.answer(question.text, SHOWN)
        shown = tuple(quote.citation.document for quote in answer.quotes)
        found.append(Came(question, answer.status, answer.confidence, shown))
    return found


def _answered_in(name: str) -> Sequence[SetQuestion]:
    return question_sets.read_questions(name, most=10**6).asked


def _tell(reader: str, whole: QuestionSet, held: list[Came], away: list[Came], missing: list[Came]) -> None:
    firsts = [one.documents[:1] for one in held]
    first = [bool(set(shown) & set(whole.relevant[one.question.id])) for one, shown in zip(held, firsts, strict=True)]
    three = [bool(set(one.documents) & set(whole.relevant[one.question.id])) for one in held]
    print(
        f"{reader}, {len(whole.documents)} texts\n\n| questions | asked | right first | right in three | answered | refused |"
    )
    print("|---|--:|--:|--:|--:|--:|")
    print(f"| answered there | {len(held)} | {share(first)} | {share(three)} | {_statuses(held)} |")
    print(f"| off topic | {len(away)} | - | - | {_statuses(away)} |")
    print(f"| near misses | {len(missing)} | - | - | {_statuses(missing)} |")


def _statuses(came: Sequence[Came]) -> str:
    return " | ".join(share([one.status is status for one in came]) for status in (Status.ANSWERED, Status.NOT_FOUND))


def share(true: Sequence[bool]) -> str:
    """Return the share that is true, in per cent."""
    return f"{sum(true) / len(true):.1%}" if true else "-"


if __name__ == "__main__":
    sys.exit(main())

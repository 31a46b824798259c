"""Ask the live build the golden questions and count what came of each.

Comes in: an opened build and golden questions. Goes out: an outcome for every question, and tallies. Refuses to know how they are
shown.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from index.abstention.confidence import Signals
from index.abstention.decision import Status, Thresholds
from index.build.reader import Build
from index.evaluation.golden import GoldenQuestion, Place
from index.processors import usable_processors
from index.records import Passage
from index.retrieval.searcher import Searcher

DEPTH = 3
FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    question: GoldenQuestion
    confidence: float  # 0 to 1
    status: Status
    found: tuple[Place, ...]  # the sections of the first passages, best first
    rank: int | None  # 1-based, of the first right passage among them
    signpost: str  # id of the signpost that is shown, or empty
    signals: Signals | None = None  # what the confidence was made from

    @property
    def refused(self) -> bool:
        """Whether nothing is shown."""
        return self.status is Status.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over some questions. The right passage counts whether or not the search was sure of it."""

    answerable: int
    first: int  # the right passage stands first
    in_three: int  # … among the first three
    refused_wrongly: int  # answerable, and refused
    refusable: int
    refused: int  # rightly


@dataclass(frozen=True, slots=True)
class GoldenReport:
    """Tallies over all questions that were asked, and over groups of them."""

    build: str
    whole: Tally
    per_document: dict[str, Tally]
    per_kind: dict[str, Tally]
    per_verdict: dict[str, Tally]  # "answer", "follow-up", and each reason for a refusal
    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> list[Outcome]:
        """The questions that did not come out as they should, in the order of the file."""
        return [outcome for outcome in self.outcomes if failed(outcome)]


def evaluate_golden(build: Build, questions: Iterable[GoldenQuestion], thresholds: Thresholds | None = None) -> GoldenReport:
    """Ask ``build`` every one of ``questions``."""
    ask = _asker(build, thresholds or Thresholds())
    with ThreadPoolExecutor(
        usable_processors()
    ) as asking:  # most of a question is encoding, which several threads do side by side
        outcomes = tuple(asking.map(ask, questions))
    return GoldenReport(
        build=build.id,
        whole=tally(outcomes),
        per_document=grouped(outcomes, _documents),
        per_kind=grouped(outcomes, lambda outcome: (outcome.question.kind,)),
        per_verdict=grouped(outcomes, _verdicts),
        outcomes=outcomes,
    )


def tally(outcomes: Sequence[Outcome]) -> Tally:
    """Return the counts over ``outcomes``."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    refusable = [outcome for outcome in outcomes if not outcome.question.answerable]
    return Tally(
        answerable=len(answerable),
        first=sum(outcome.rank == 1 for outcome in answerable),
        in_three=sum(outcome.rank is not None for outcome in answerable),
        refused_wrongly=sum(outcome.refused for outcome in answerable),
        refusable=len(refusable),
        refused=sum(outcome.refused for outcome in refusable),
    )


def _asker(build: Build, thresholds: Thresholds) -> Callable[[GoldenQuestion], Outcome]:
    searcher = Searcher(build)
    abstention = searcher.abstention(thresholds)

    def ask(question: GoldenQuestion) -> Outcome:
        findings = searcher.search(question.text, DEPTH, context=question.context)
        passages = [hit.passage for hit in findings.hits]
        decision = abstention.decide(question.text, findings.evidence)
        return Outcome(
            question=question,
            confidence=decision.confidence,
            status=decision.status,
            found=tuple(Place(passage.document_id, " > ".join(passage.section)) for passage in passages),
            rank=next((rank for rank, passage in enumerate(passages, start=1) if _is_right(passage, question)), None),
            signpost=decision.signpost.id if decision.signpost else "",
            signals=decision.signals,
        )

    return ask


def _is_right(passage: Passage, question: GoldenQuestion) -> bool:
    names = {" > ".join(passage.section), *passage.section[-1:]}
    return any(place.document == passage.document_id and place.section in names for place in question.answers)


def failed(outcome: Outcome) -> bool:
    """Return whether a person would see ``outcome`` as wrong: another passage first, refused wrongly, or not refused."""
    return outcome.refused or outcome.rank != 1 if outcome.question.answerable else not outcome.refused


def _documents(outcome: Outcome) -> Iterable[str]:
    return (place.document for place in outcome.question.answers)


def _verdicts(outcome: Outcome) -> Iterable[str]:
    question = outcome.question
    if not question.answerable:
        return (question.why,)
    return ("answer", FOLLOW_UP) if question.context else ("answer",)


def grouped(outcomes: Iterable[Outcome], names_of: Callable[[Outcome], Iterable[str]]) -> dict[str, Tally]:
    """Return a tally for each name that ``names_of`` gives to some outcome, by name; an outcome counts once in each."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in dict.fromkeys(names_of(outcome)):
            groups.setdefault(name, []).append(outcome)
    return {name: tally(group) for name, group in sorted(groups.items())}

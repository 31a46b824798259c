"""Search for the dearest question within the limits that the API allows, and print what it costs. Linux; needs the test extra.

    python -m benchmarks.worst_question [--index DIR] [--tries 400] [--shown 10]

Texts are drawn from adversarial families (``benchmarks.question_families``), alone and mixed, with and without the questions before
them; hypothesis goes on from the dearest. Each is asked through the whole path once: API, page, suggestions, card, terminal
(``benchmarks.asking_whole``). The dearest, and those kept from earlier searches, are asked again in fresh processes, behind a few
ordinary questions: the processor time of the search and its dearest surface, and by how much memory rose at most, are what is printed.
Ends with 1 where one of them is above a limit.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, target
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from benchmarks.asking_whole import Question, Whole, peak_memory
from benchmarks.question_families import BEGINNINGS, FAMILIES, Known, known_to, text_of
from bot.answering.answer_service import AnswerService
from bot.answering.limits import MOST_CHARACTERS
from bot.http.api.schemas import MOST_EARLIER
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build, open_live_build

MOST_MILLISECONDS = 100.0
MOST_MB = 50.0
WARM_UP = 3  # ordinary questions before the one that is measured
TIMES = 3  # fresh processes for each of the dearest: the median time and the greatest rise in memory count


@dataclass(frozen=True, slots=True)
class Case:
    """A question that can be made again."""

    families: tuple[str, ...]
    before: tuple[str, ...] = ()  # families of the questions before it; none where there are none
    seed: int = 0
    length: int = MOST_CHARACTERS
    beginning: str = ""

    def question(self, known: Known) -> Question:
        """Return what is asked."""
        text = text_of(self.families, known, self.seed, self.length, self.beginning)
        earlier = (text_of(self.before, known, self.seed + number, MOST_CHARACTERS) for number in range(1, MOST_EARLIER + 1))
        return Question(text, tuple(earlier) if self.before else ())


# What was dearest in earlier searches, before and after it was bounded.
KEPT = (
    Case(("one long word in two cases",)),
    Case(("ligatures",)),
    Case(("one long word in two cases",), ("ligatures",), length=60, beginning="and "),
    Case(("words nobody knows",)),
    Case(("sections",)),
    Case(("phrases",)),
    Case(("Hangul",)),
    Case(("sentences", "short words nobody knows"), ("Han",), seed=362879, beginning="what about it "),
    Case(("several questions",), length=140),
    Case(("several questions",), ("Han",), seed=2, length=140),
)

names = st.lists(st.sampled_from(sorted(FAMILIES)), min_size=1, max_size=2, unique=True).map(tuple)
cases = st.builds(
    Case,
    families=names,
    before=st.one_of(st.just(()), names),
    seed=st.integers(0, 10**6),
    length=st.one_of(st.just(MOST_CHARACTERS), st.integers(20, 700)),
    beginning=st.sampled_from(BEGINNINGS),
)


def searched(whole: Whole, known: Known, tries: int) -> dict[Case, float]:
    """Return the cases tried with their milliseconds of processor time: one of each family, and what hypothesis goes on to."""
    spent: dict[Case, float] = {}

    def measured(case: Case) -> float:
        if case not in spent:
            spent[case] = whole.ask(case.question(known)).most
        return spent[case]

    for family in FAMILIES:
        measured(Case((family,)))
        measured(Case((family,), (family,), length=250, beginning="and "))

    @settings(
        max_examples=tries,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate, Phase.target),
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def search(case: Case) -> None:
        target(measured(case))

    search()
    return spent


Measured = tuple[float, float, str, float]
"""Milliseconds of processor time, megabytes that memory rose at most, the dearest surface, milliseconds of the search alone."""


def alone(case: Case, builds: Path) -> Measured:
    """Return what ``case`` costs in fresh processes: the median time, the greatest rise."""
    command = [sys.executable, "-m", "benchmarks.worst_question", "--index", str(builds), "--one", json.dumps(asdict(case))]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(TIMES)]
    time, _, surface, search = sorted(runs)[TIMES // 2]
    return time, max(rise for _, rise, _, _ in runs), surface, search


def one(case: Case, builds: Path) -> Measured:
    """Return the same, measured once in this process."""
    build = open_live_build(builds)
    whole, known = _settled(build)
    question = case.question(known)
    with peak_memory() as risen:
        cost = whole.ask(question)
    return cost.most, risen[0], cost.surface, cost.search


def _settled(build: Build) -> tuple[Whole, Known]:
    whole, known = Whole(AnswerService(build)), known_to(build)
    whole.settle([Question(sentence, ("What is a listed pub?",)) for sentence in known.sentences[:WARM_UP]])
    return whole, known


def shown(case: Case, known: Known) -> str:
    """Return a line that tells the question: how it is made, and its first letters."""
    text = case.question(known).text
    made = " + ".join(case.families) + (f", after {' + '.join(case.before)}" if case.before else "")
    return f"{made}; seed {case.seed}, {len(text):,} characters: {ascii(text[:16])[1:-1].replace('|', '/')}…"


def table(whole: Whole, known: Known, builds: Path, tries: int, most_shown: int) -> bool:
    """Search and print; return whether all stand within the limits."""
    spent = searched(whole, known, tries)
    dearest = sorted(spent, key=lambda case: -spent[case])[:most_shown]
    measured = {case: alone(case, builds) for case in dict.fromkeys([*dearest, *KEPT])}
    print(f"{len(spent)} questions tried, {whole.service.build.manifest.passages} passages\n")
    print("| ms of processor time | of it the search | dearest on | MB more at most | question |\n|---|---|---|---|---|")
    for case, (time, rise, surface, search) in sorted(measured.items(), key=lambda pair: -pair[1][0]):
        print(f"| {time:.0f} | {search:.0f} | {surface} | {rise:.1f} | {shown(case, known)} |")
    worst, most = max(found[0] for found in measured.values()), max(found[1] for found in measured.values())
    print(f"\nDearest {worst:.0f} ms of {MOST_MILLISECONDS:.0f}, {most:.1f} MB of {MOST_MB:.0f}.")
    return worst <= MOST_MILLISECONDS and most <= MOST_MB


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--tries", type=int, default=400)
    parser.add_argument("--shown", type=int, default=10)
    parser.add_argument("--one", help="a case as JSON: measure it alone, print milliseconds and megabytes")
    options = parser.parse_args()
    with threadpool_limits(1, user_api="blas"):  # as the server does
        if options.one:
            given_fields: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value for key, value in json.loads(options.one).items()
            }
            print(json.dumps(one(Case(**given_fields), options.index)))
            return 0
        build = open_live_build(options.index)
        whole, known = _settled(build)
        return 0 if table(whole, known, options.index, options.tries, options.shown) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Highlights: how often the marked sentences hold the answer, how much of the passage they are, and whether another rule does better.

    python -m benchmarks.highlights [SET …] [--most N]

Of the sets in which people marked the answers. A question counts as answered where the status says so and the first passage holds a
marked answer; beside that stands the share over all answered questions, wrong passages counted as missed. Other rules mix how
near a sentence's words come with how near its meaning comes, and mark more or fewer sentences: the one that overlaps most answers
without marking more text is chosen on every other question and reported on the rest.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarks import question_sets
from benchmarks.question_sets import MarkedAnswer, QuestionSet
from index.abstention.decision import Status
from index.build.reader import Build
from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.passage_vectors import NO_SENTENCE
from index.late_interaction.max_sim import inner_products
from index.records import Passage, Span
from index.retrieval.rerank import NEARLY, answering_sentences
from index.retrieval.searcher import Searcher

NAMES = ("squad2", "conditionalqa", "doc2dial")
MIXES = (0.0, 0.25, 0.5, 1.0)
NEARNESSES = (0.04, 0.06, 0.08, 0.1, 0.12, 0.15)
COUNTS = (2, 3)


@dataclass(frozen=True, slots=True)
class Shown:
    """The first passage of an answered question."""

    passage: Passage
    answers: tuple[Span, ...]  # marked in the passage's text; empty where the passage holds none
    matches: NDArray[np.float32]  # of its sentences, word by word, shape (sentences,)
    cosines: NDArray[np.float32]  # of its sentences and the question, shape (sentences,)


Rule = Callable[[Shown], Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A rule: sentences by their words and ``mix`` times their meaning, at most ``count`` of those ``nearly`` as good as the best."""

    mix: float
    nearly: float
    count: int

    def __call__(self, shown: Shown) -> Sequence[Span]:
        """Return the ranges that are marked."""
        scores = shown.matches + self.mix * shown.cosines
        order = np.argsort(-scores, kind="stable")[: self.count]
        near = [int(place) for place in order if scores[order[0]] - scores[place] < self.nearly * (1 + self.mix)]
        return [shown.passage.sentences[place] for place in sorted(near)]


def in_use(shown: Shown) -> Sequence[Span]:
    """Mark as production does."""
    return answering_sentences(shown.passage, shown.matches.tolist())


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    question_sets.add_arguments(parser, NAMES, most=1000)
    options = parser.parse_args()
    if not question_sets.are_there():
        return 2
    model = question_sets.reader()
    shown = {name: list(_shown_of(question_sets.read_questions(name, options.most), model)) for name in options.sets}
    _print_in_use(shown)
    _print_others(shown)
    return 0


def _shown_of(questions: QuestionSet, model: SentenceTransformerEmbedder) -> Iterator[Shown]:
    marked = question_sets.marked_answers(questions.name)
    with question_sets.opened(questions, model) as build:
        searcher = Searcher(build)
        abstention = searcher.abstention()
        for question in questions.asked:
            findings = searcher.search(question.text, 1)
            if (
                findings.hits
                and question.id in marked
                and abstention.decide(question.text, findings.evidence).status is Status.ANSWERED
            ):
                yield _seen(build, searcher, question.text, findings.hits[0].passage, marked[question.id])


def _seen(build: Build, searcher: Searcher, question: str, passage: Passage, marked: Sequence[MarkedAnswer]) -> Shown:
    row = build.records.row_of(passage.id)
    asked = searcher.encoded(question)
    candidates = searcher.candidates(asked, ())
    assert candidates is not None
    place = int(np.flatnonzero(candidates.rows == row)[0])
    matches = candidates.matches.sentence_matches[place]
    answers = [
        (max(answer.start - passage.start, 0), min(answer.end, passage.end) - passage.start)
        for answer in marked
        if answer.document == passage.document_id and answer.start < passage.end and answer.end > passage.start
    ]
    cosines = _sentence_cosines(build, asked[0].text, row)[: len(matches)]
    return Shown(passage, tuple(answers), matches, cosines)


def _sentence_cosines(build: Build, question: str, row: int) -> NDArray[np.float32]:
    """Return the cosine of the question and each sentence of a passage, the sentence's vector being pooled from its tokens."""
    encoded = build.files.tokens.seen(build.encoder.encode(question))
    tokens = build.files.tokens.of(np.array([row]))
    products = inner_products(tokens.vectors, encoded.vector[None, :])[:, 0] / np.maximum(tokens.lengths, 1e-9)
    sentences = np.unique(tokens.sentences[tokens.sentences != NO_SENTENCE])
    return np.array([products[tokens.sentences == sentence].sum() for sentence in sentences], np.float32)


def overlap(shown: Sequence[Shown], rule: Rule) -> float:
    """Return the share of passages that hold an answer in which a marked sentence overlaps it."""
    holding = [one for one in shown if one.answers]
    return float(np.mean([_overlaps(rule(one), one.answers) for one in holding]))


def share_marked(shown: Sequence[Shown], rule: Rule) -> float:
    """Return the mean share of the passage's characters that is marked."""
    return float(
        np.mean([sum(end - start for start, end in rule(one)) / len(one.passage.text) for one in shown if one.answers])
    )


def _overlaps(marked: Sequence[Span], answers: Sequence[Span]) -> bool:
    return any(start < answer_end and end > answer_start for start, end in marked for answer_start, answer_end in answers)


def _print_in_use(shown: dict[str, list[Shown]]) -> None:
    print(
        "| set | answered | first passage holds the answer | highlight overlaps it there | of all answered | of the passage marked |"
    )
    print("|---|---|---|---|---|---|")
    for name, ones in shown.items():
        holding = sum(bool(one.answers) for one in ones)
        hit = overlap(ones, in_use)
        print(
            f"| {name} | {len(ones)} | {holding / len(ones):.1%} | {hit:.1%} | {hit * holding / len(ones):.1%} "
            f"| {share_marked(ones, in_use):.1%} |"
        )


def _print_others(shown: dict[str, list[Shown]]) -> None:
    """Print what the rule that is best on one half of all questions does on the other half of each set, beside the rule in use."""
    tuned = [one for ones in shown.values() for one in ones[::2]]
    allowed = share_marked(tuned, in_use)
    rules = [Mixed(*choice) for choice in product(MIXES, NEARNESSES, COUNTS)]
    best = max((rule for rule in rules if share_marked(tuned, rule) <= allowed), key=lambda rule: overlap(tuned, rule))
    print(f"\nIn use: words alone, two sentences at most, nearly {NEARLY}. Best other rule on one half: {best}\n")
    print("| set, other half | in use: overlap | marked | other rule: overlap | marked |")
    print("|---|---|---|---|---|")
    for name, ones in shown.items():
        rest = ones[1::2]
        figures = [figure(rest, rule) for rule in (in_use, best) for figure in (overlap, share_marked)]
        print(f"| {name} | {' | '.join(f'{figure:.1%}' for figure in figures)} |")


if __name__ == "__main__":
    sys.exit(main())

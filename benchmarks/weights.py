"""The weights of the features: learned on all sets but one and tried on that one, in rotation, beside the weights in use.

    python -m benchmarks.weights [SET …] [--most N]

Where the weights in use do much better on a set than weights that never saw it, they were fitted too closely to it. The documents
of the sets have no paraphrases of their own, so there the features of expansions repeat those of sentences and tokens; each pair is
learned as one. Every number is nDCG@10 over documents, of the candidates that the searcher looks at.
"""

import argparse
import sys

import numpy as np

from benchmarks import question_sets
from benchmarks.learning import Lesson, Numbers, gains, learned, lesson, mean_of_sets
from benchmarks.question_sets import QuestionSet
from index.encoders.full import SentenceTransformerEmbedder
from index.retrieval.rerank import PLAIN_WEIGHTS, Features
from index.retrieval.searcher import Searcher

# What stands for the features of keys on the sets.
REPEATED = {"key": "sentence"}
LEARNED = tuple(name for name in PLAIN_WEIGHTS if name not in REPEATED)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    question_sets.add_arguments(parser, most=300)
    options = parser.parse_args()
    if not question_sets.are_there():
        return 2
    if len(options.sets) < 2:
        parser.error("name at least two sets: one is left out in turn")
    model = question_sets.reader()
    taught = {name: _lesson_of(question_sets.read_questions(name, options.most), model) for name in options.sets}
    in_use = np.array(
        [
            PLAIN_WEIGHTS[name] + sum(PLAIN_WEIGHTS[key] for key, feature in REPEATED.items() if feature == name)
            for name in LEARNED
        ]
    )
    _print(taught, in_use)
    return 0


def _lesson_of(questions: QuestionSet, model: SentenceTransformerEmbedder) -> Lesson:
    rows = []
    with question_sets.opened(questions, model) as build:
        searcher = Searcher(build)
        names = [document.id for document in build.records.documents]
        for question in questions.asked:
            candidates = searcher.candidates(searcher.encoded(question.text), ())
            if candidates is not None:
                relevant = questions.relevant[question.id]
                grades = np.array([relevant.get(names[place], 0.0) for place in candidates.documents])
                rows.append((_seen(candidates.features), candidates.documents, grades, list(relevant.values())))
    return lesson(rows)


def _seen(features: Features) -> Numbers:
    return np.stack([getattr(features, name) for name in LEARNED]).astype(np.float64)


def _print(taught: dict[str, Lesson], in_use: Numbers) -> None:
    everything = list(taught.values())
    whole = learned(everything)
    equal = np.ones(len(LEARNED))
    print(f"| left out | equal weights | learned on the others | in use | in use - learned | {' | '.join(LEARNED)} |")
    print("|---" * (5 + len(LEARNED)) + "|")
    held_out = []
    for name, left_out in taught.items():
        weights = learned([one for other, one in taught.items() if other != name])
        unseen, used = gains(weights, left_out), gains(in_use, left_out)
        held_out.append(unseen.mean())
        gap = used - unseen
        error = gap.std(ddof=1) / len(gap) ** 0.5
        cells = (
            f"{gains(equal, left_out).mean():.3f} | {unseen.mean():.3f} | {used.mean():.3f} | {gap.mean():+.3f} ± {error:.3f}"
        )
        print(f"| {name} | {cells} | {_scaled(weights, in_use)} |", flush=True)
    means = f"{mean_of_sets(equal, everything):.3f} | {np.mean(held_out):.3f} | {mean_of_sets(in_use, everything):.3f}"
    print(f"| mean, in use | {means} | | {_scaled(in_use, in_use)} |")
    print(f"| learned on all | | | {mean_of_sets(whole, everything):.3f} | | {_scaled(whole, in_use)} |")
    print(
        "\nBehind ± stands the standard error of the difference, question by question. Weights are scaled to the sum of those in use."
    )


def _scaled(weights: Numbers, in_use: Numbers) -> str:
    return " | ".join(f"{weight:.2f}" for weight in weights * in_use.sum() / weights.sum())


if __name__ == "__main__":
    sys.exit(main())

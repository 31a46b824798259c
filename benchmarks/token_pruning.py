"""What leaving out tokens that say nothing costs and spares: nDCG@10, bytes and time, with every token and as production keeps them.

    python -m benchmarks.token_pruning [SET …] [--most N]

Which words say nothing (``index.text.language.FUNCTION_WORDS``) was chosen on ``CHOSEN_ON`` questions of each set, spread evenly;
this asks others. Sets that have no others are left out. Both builds answer each question in turns.
"""

import argparse
import statistics
import sys
import time
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import question_sets
from benchmarks.question_sets import QuestionSet, difference, documents_of, megabytes_of_tokens
from index.build.reader import Build
from index.encoders.full import SentenceTransformerEmbedder
from index.evaluation.labelled_set import PASSAGES_ASKED_FOR, ndcg
from index.retrieval.searcher import Searcher

CHOSEN_ON = 400
ALL = 1_000_000  # questions: more than any set has


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    question_sets.add_arguments(parser, most=300)
    options = parser.parse_args()
    if not question_sets.are_there():
        return 2
    model = question_sets.reader()
    print("| set | questions | every token | as kept | difference | MB of tokens | ms a question | times quicker |")
    print("|---" * 8 + "|")
    for name in options.sets:
        questions = question_sets.read_questions(name, ALL)
        chosen_on = {one.id for one in question_sets.spread(questions.asked, CHOSEN_ON)}
        others = question_sets.spread([one for one in questions.asked if one.id not in chosen_on], options.most)
        if others:
            print(_row(QuestionSet(name, questions.documents, others, (), questions.relevant), model), flush=True)
        else:
            print(f"| {name} | 0: all were chosen on |")
    print("\nnDCG@10 over documents; behind ± stands the standard error of the difference, question by question.")
    return 0


def _row(questions: QuestionSet, model: SentenceTransformerEmbedder) -> str:
    with ExitStack() as stack:
        with patch("index.encoders.passage_vectors.says_something", return_value=True):
            whole = stack.enter_context(question_sets.opened(questions, model))
        kept = stack.enter_context(question_sets.opened(questions, model))
        stack.enter_context(threadpool_limits(1, user_api="blas"))
        gains, times = _asked(questions, [whole, kept])
        sizes = [megabytes_of_tokens(build) for build in (whole, kept)]
    quicker = statistics.median(one / other for one, other in zip(*times, strict=True))
    cells = [
        *(questions.name, str(len(questions.asked)), f"{gains[0].mean():.4f}", f"{gains[1].mean():.4f}"),
        difference(gains[1], gains[0]),
        f"{sizes[0]:.1f} → {sizes[1]:.1f}",
        " → ".join(f"{1000 * statistics.median(each):.2f}" for each in times),
        f"{quicker:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _asked(questions: QuestionSet, builds: list[Build]) -> tuple[list[np.ndarray], list[list[float]]]:
    """Return for each build the gain and the seconds of each question."""
    searchers = [Searcher(build) for build in builds]
    gains: list[list[float]] = [[] for _ in builds]
    times: list[list[float]] = [[] for _ in builds]
    for one in questions.asked:
        for place, searcher in enumerate(searchers):
            started = time.perf_counter()
            hits = searcher.search(one.text, PASSAGES_ASKED_FOR).hits
            times[place].append(time.perf_counter() - started)
            gains[place].append(ndcg(documents_of(hits), questions.relevant[one.id]))
    return [np.array(each) for each in gains], times


if __name__ == "__main__":
    sys.exit(main())

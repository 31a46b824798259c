"""How long passages should be: nDCG@10 of a few labelled sets, split in several ways.

    python -m benchmarks.geometry [--words 60000] [--questions 120] [--targets 40 80 120 180] [SET …]

Of each set a sample is taken, the same for every length: questions drawn by chance, the documents that answer them, and others up to
``--words`` words. Fewer documents are easier to tell apart, so the figures are read against each other, not against benchmarks.sets.
Behind each stands the standard error of its difference from the length in use, question by question. Reads ../shared/bench.
"""

import argparse
import random
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import question_sets
from benchmarks.question_sets import SETS, are_there
from index.build.reader import Build
from index.encoders.full import SentenceTransformerEmbedder
from index.evaluation.benchmark_sets import BenchmarkSet, SetDocument, SetQuestion, build_throw_away, read_set
from index.evaluation.labelled_set import DEPTH, PASSAGES_ASKED_FOR, ndcg
from index.retrieval.searcher import Searcher
from index.text.splitting import Geometry

NAMES = ("conditionalqa", "doc2dial", "ohrbench_law")
IN_USE = Geometry()


def main() -> int:
    """Measure every length on every set and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=NAMES, metavar="SET")
    parser.add_argument("--words", type=int, default=60_000, help="of the sampled documents of a set (%(default)s)")
    parser.add_argument("--questions", type=int, default=120, help="asked of a set (%(default)s)")
    parser.add_argument("--targets", type=int, nargs="+", default=[40, 80, IN_USE.target_words, 180], help="words a passage")
    options = parser.parse_args()
    if not are_there():
        return 2
    model = question_sets.reader()
    print("| set | documents | questions | target words | passages | words a passage | nDCG@10 | difference |")
    print("|---|---|---|---|---|---|---|---|")
    for name in options.sets:
        sample = sampled(read_set(*(SETS / name / file for file in ("docs.jsonl", "queries.jsonl", "qrels.tsv"))), options)
        scores = {target: measured(sample, replace(IN_USE, target_words=target), model) for target in options.targets}
        for target, (passages, words, found) in scores.items():
            difference = compared(found, scores[IN_USE.target_words][2]) if IN_USE.target_words in scores else "-"
            figures = f"{target} | {passages} | {words:.0f} | {found.mean():.3f} | {difference}"
            print(f"| {name} | {len(sample.documents)} | {len(sample.questions)} | {figures} |", flush=True)
    return 0


def sampled(labelled: BenchmarkSet, options: argparse.Namespace) -> BenchmarkSet:
    """Return some questions of a set, the documents that answer them, and others up to the words that are allowed."""
    chance = random.Random(4)  # noqa: S311  a sample, not a secret
    judged = [question for question in labelled.questions if question.answerable and labelled.relevant.get(question.id)]
    documents = list(labelled.documents)
    chance.shuffle(judged)
    chance.shuffle(documents)
    known = {document.id: document for document in documents}
    kept: dict[str, SetDocument] = {}
    questions: list[SetQuestion] = []
    for question in judged:
        kept_with = kept | {name: known[name] for name in labelled.relevant[question.id] if name in known}
        if len(questions) == options.questions or words_of(kept_with) > options.words:
            break
        kept = kept_with
        questions.append(question)
    for document in documents:
        if words_of(kept) >= options.words:
            break
        kept.setdefault(document.id, document)
    return BenchmarkSet(tuple(kept.values()), tuple(questions), labelled.relevant)


def words_of(documents: dict[str, SetDocument]) -> int:
    """Return how many words the documents have."""
    return sum(len(document.text.split()) for document in documents.values())


def measured(
    sample: BenchmarkSet, geometry: Geometry, model: SentenceTransformerEmbedder
) -> tuple[int, float, NDArray[np.float64]]:
    """Return how many passages the sample gives, their mean words, and nDCG@10 of each question."""
    with tempfile.TemporaryDirectory() as folder:
        build = build_throw_away(sample.documents, model, Path(folder), geometry=geometry)
        try:
            words = [len(passage.text.split()) for passage in build.records.all_passages()]
            return (
                len(words),
                float(np.mean(words)),
                np.array([score(build, sample, question) for question in sample.questions]),
            )
        finally:
            build.close()


def score(build: Build, sample: BenchmarkSet, question: SetQuestion) -> float:
    """Return nDCG@10 of one question; a document counts at its best passage."""
    hits = Searcher(build).search(question.text, PASSAGES_ASKED_FOR).hits
    ranking = list(dict.fromkeys(hit.passage.document_id for hit in hits))[:DEPTH]
    return ndcg(ranking, sample.relevant[question.id])


def compared(one: NDArray[np.float64], other: NDArray[np.float64]) -> str:
    """Return the mean difference of two scores of the same questions and its standard error."""
    if one is other:
        return "in use"
    differences = one - other
    return f"{differences.mean():+.3f} ± {differences.std(ddof=1) / len(differences) ** 0.5:.3f}"


if __name__ == "__main__":
    sys.exit(main())

"""What sparing arithmetic and space costs: nDCG@10 of full precision, of the light encoder, and of shortened token vectors.

    python -m benchmarks.precision [SET …] [--most N]

Of each set three indexes are made: passages embedded in full precision, by the light int8 encoder as production does without a
GPU, and the latter with its token vectors kept along fewer directions, as a corpus of many passages has them. Questions are encoded by
the light encoder each time. Speed: passages a second of the two encoders on some passages of the set, in turns. Full precision takes
minutes for a thousand passages: name few sets.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks import question_sets
from benchmarks.question_sets import QuestionSet, difference, documents_of, megabytes_of_tokens
from index.build.layout import BuildLayout
from index.build.reader import Build, open_build
from index.encoders.full import Embedder, SentenceTransformerEmbedder
from index.encoders.light import LightEmbedder
from index.evaluation.labelled_set import PASSAGES_ASKED_FOR, ndcg
from index.late_interaction.token_writer import TokensWriter
from index.retrieval.searcher import Searcher
from index.text.splitting import embedding_text

NAMES = ("conditionalqa", "covid_faq", "squad2")
SAMPLE = 96  # passages that speed is measured on
ROUNDS = 3


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    question_sets.add_arguments(parser, NAMES, most=400)
    options = parser.parse_args()
    if not question_sets.are_there():
        return 2
    model = SentenceTransformerEmbedder()
    print(
        "| set | passages | full precision | light | light - full | light, shortened tokens | shortened - whole | MB of tokens |",
        end="",
    )
    print(" passages a second: full | light | times |")
    print("|---" * 11 + "|")
    for name in options.sets:
        print(_row(question_sets.read_questions(name, options.most), model), flush=True)
    print("\nnDCG@10 over documents; behind ± stands the standard error of the difference, question by question.")
    return 0


def _row(questions: QuestionSet, model: SentenceTransformerEmbedder) -> str:
    with question_sets.opened(questions, model, light=False) as build:
        full = _gains(questions, build)
    with question_sets.opened(questions, model) as build:
        light = _gains(questions, build)
        speeds = _speeds(build, model)
        size = megabytes_of_tokens(build)
        with _shortened(build) as shorter:
            short, less = _gains(questions, shorter), megabytes_of_tokens(shorter)
        cells = [
            *(questions.name, str(build.manifest.passages)),
            *(f"{full.mean():.3f}", f"{light.mean():.3f}", difference(light, full)),
            *(f"{short.mean():.3f}", difference(short, light), f"{size:.0f} → {less:.0f}"),
            *(f"{speed:.0f}" for speed in speeds),
            f"{speeds[1] / speeds[0]:.1f}",
        ]
    return f"| {' | '.join(cells)} |"


def _gains(questions: QuestionSet, build: Build) -> np.ndarray:
    searcher = Searcher(build)
    return np.array(
        [
            ndcg(documents_of(searcher.search(one.text, PASSAGES_ASKED_FOR).hits), questions.relevant[one.id])
            for one in questions.asked
        ]
    )


def _speeds(build: Build, model: SentenceTransformerEmbedder) -> list[float]:
    """Return the passages a second of the full and of the light encoder, the best of a few rounds each, in turns."""
    documents = {document.id: document for document in build.records.documents}
    among = question_sets.spread(list(build.records.all_passages()), SAMPLE)
    texts = [embedding_text(documents[passage.document_id], passage) for passage in among]
    embedders: tuple[Embedder, ...] = (model, LightEmbedder(model, BuildLayout(build.folder).encoder))
    best = [float("inf")] * len(embedders)
    for _ in range(ROUNDS):
        for place, embedder in enumerate(embedders):
            started = time.perf_counter()
            embedder.embed_tokens(texts)
            best[place] = min(best[place], time.perf_counter() - started)
    return [len(texts) / seconds for seconds in best]


@contextmanager
def _shortened(build: Build) -> Iterator[Build]:
    """Open the same build with its token vectors along fewer directions, as the writer finds them in the passages themselves."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / build.id
        shutil.copytree(build.folder, folder)
        tokens = BuildLayout(folder).tokens
        shutil.rmtree(tokens)
        last = build.manifest.passages - 1
        writer = TokensWriter(tokens, build.manifest.model.dimension, whole_up_to=last)
        for row in range(build.manifest.passages):
            writer.add(build.files.tokens.stored(row, build.files.vectors.rows(np.array([row]))[0]))
        writer.close()
        shorter = open_build(folder)
        try:
            yield shorter
        finally:
            shorter.close()


if __name__ == "__main__":
    sys.exit(main())

"""Passages a second: as a build embeds them, beside sentence-transformers with the same model and the same texts, in turns.

    python -m benchmarks.embedding_speed BUILD [--reader all-mpnet-base-v2] [--most 160] [--rounds 3]

Ours is what a build does with a passage, the vectors of its tokens included. The plain script is ``SentenceTransformer.encode`` as it
comes: it sorts texts by length and takes 32 at a time, on all processors. What other batches and threads make of it is tried once, and
the best of that measured too. Beside the seconds on the clock stand those of the processors, which others on the machine disturb less.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median

from index.build.layout import BuildLayout
from index.build.reader import open_build
from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.light import LightEmbedder
from index.encoders.model_folders import THOROUGH_READER
from index.encoders.passage_vectors import passage_vectors
from index.processors import usable_processors
from index.records import Document, Passage
from index.text.splitting import embedding_text

DEFAULT_BATCH = 32
BATCHES = (4, 8, 16, 64)  # that are tried besides
TRIED = 48  # passages that settings are tried on

Texts = Sequence[tuple[Document, Passage]]


@dataclass(frozen=True, slots=True)
class Took:
    """What one turn took, for one passage."""

    seconds: float
    processor_seconds: float


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder of a build: its passages are embedded, by its encoder")
    parser.add_argument("--reader", default=THOROUGH_READER)
    parser.add_argument(
        "--most", type=int, default=160, metavar="N", help="embed N of its passages, taken evenly (%(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    passages = passages_of(options.build, options.most)
    full = SentenceTransformerEmbedder(options.reader)
    light = LightEmbedder(full, BuildLayout(options.build).encoder)
    batch, threads = best_setting(full, passages[:TRIED])
    ways: dict[str, Callable[[], object]] = {
        "as a build does": lambda: passage_vectors(passages, light),
        f"plain script, batches of {DEFAULT_BATCH}": lambda: encode(full, passages, DEFAULT_BATCH, usable_processors()),
        f"plain script at its best: batches of {batch}, {threads} threads": lambda: encode(full, passages, batch, threads),
    }
    tell({name: [turn[name] for turn in turns(ways, len(passages), options.rounds)] for name in ways})
    return 0


def passages_of(folder: Path, most: int) -> Texts:
    """Return passages of the build in ``folder`` with their documents, at most so many, taken evenly."""
    with closing(open_build(folder)) as build:
        documents = {document.id: document for document in build.records.documents}
        found = [(documents[passage.document_id], passage) for passage in build.records.all_passages()]
    return found[:: max(1, len(found) // most)][:most]


def encode(full: SentenceTransformerEmbedder, passages: Texts, batch: int, threads: int) -> None:
    """Embed ``passages`` as a plain script does."""
    import torch

    torch.set_num_threads(threads)
    texts = [embedding_text(*one) for one in passages]
    full.model.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)


def best_setting(full: SentenceTransformerEmbedder, passages: Texts) -> tuple[int, int]:
    """Return the batch and the threads with which the plain script is quickest on ``passages``."""
    tried = [*product((DEFAULT_BATCH, *BATCHES), {usable_processors(), 2 * usable_processors()})]
    encode(full, passages, DEFAULT_BATCH, usable_processors())  # what is loaded is loaded
    return min(tried, key=lambda one: timed(lambda: encode(full, passages, *one), len(passages)).seconds)


def turns(ways: dict[str, Callable[[], object]], count: int, rounds: int) -> list[dict[str, Took]]:
    """Take all ways in turns, the first of a round another each time."""
    names = list(ways)
    orders = [names[number % len(names) :] + names[: number % len(names)] for number in range(rounds)]
    return [{name: timed(ways[name], count) for name in order} for order in orders]


def timed(way: Callable[[], object], count: int) -> Took:
    """Return what ``way`` takes for one of ``count`` passages."""
    started, used = time.perf_counter(), time.process_time()
    way()
    return Took((time.perf_counter() - started) / count, (time.process_time() - used) / count)


def tell(taken: dict[str, list[Took]]) -> None:
    """Print the table, the first line being ours: behind each other way stands how many times as long it takes."""
    ours = next(iter(taken.values()))
    print("| passages | a second | times | a second of one processor | times |\n|---|---|---|---|---|")
    for name, turns_of in taken.items():
        seconds = median(one.seconds for one in turns_of)
        processor = median(one.processor_seconds for one in turns_of)
        times = median(one.seconds / mine.seconds for one, mine in zip(turns_of, ours, strict=True))
        times_processor = median(
            one.processor_seconds / mine.processor_seconds for one, mine in zip(turns_of, ours, strict=True)
        )
        print(f"| {name} | {1 / seconds:.1f} | {times:.2f} | {1 / processor:.1f} | {times_processor:.2f} |")


if __name__ == "__main__":
    sys.exit(main())

"""The stages in their order, as far as a document is split: read, describe, deduplicate, split.

Comes in: what all stages of one run work with. Goes out: each document of the corpus when it has passed them, or is left out by
one. Refuses to embed and to write. All stages work at the same time as far as none waits for another.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.cache.checkpoint import Checkpoint
from ingest.catalogue.corpus import Corpus
from ingest.encoder.light_encoder import AwaitingEmbedder, LightEncoder
from ingest.progress import Progress
from ingest.recipe import Recipe

if TYPE_CHECKING:
    from ingest.cache.build_cache import EarlierBuild
    from ingest.stages.on_the_way import LeftOutDocument
    from ingest.stages.split import SplitDocument


@dataclass(frozen=True, slots=True)
class Run:
    """What all stages of one run work with."""

    corpus: Corpus
    builds: Path
    recipe: Recipe
    digest: str
    encoder: LightEncoder
    build_cache: "Sequence[EarlierBuild]"
    checkpoint: Checkpoint
    progress: Progress
    shard: str = ""  # which part of the corpus this is, as "2/3"; empty where it is the whole


def split_documents(run: Run, embedder: AwaitingEmbedder) -> "Generator[SplitDocument | LeftOutDocument, None, None]":
    """Yield each document of the corpus when it has passed the stages before embedding, or is left out by one of them."""
    from ingest.stages.deduplicate import Deduplicator, noted_fingerprints
    from ingest.stages.describe import describe
    from ingest.stages.on_the_way import LeftOutDocument, each
    from ingest.stages.read import DocumentReader
    from ingest.stages.split import Splitter

    copies = Deduplicator(noted_fingerprints([one.folder for one in run.build_cache]))
    reader = DocumentReader(run.recipe.reading, run.build_cache, run.checkpoint, copies, run.encoder.processors_left)
    splitter = Splitter(run.recipe.geometry, embedder.count_tokens, run.build_cache)

    read = reader.read(run.corpus.entries)
    described = each(partial(describe, paraphrases=run.corpus.paraphrases), read)
    distinct = each(copies.deduplicate, described)
    with closing(each(splitter.split, distinct)) as split:
        for document in split:
            if not isinstance(document, LeftOutDocument):
                copies.hold(document.document, document.fingerprint)  # what comes later is compared with what is in the build
            yield document

"""The fifth stage: give documents their vectors, in batches, while further ones are read and split and what is ready is written.

Comes in: split documents in order. Goes out: documents that are ready for the writer, in the same order. Refuses to hold more than
some batches in memory, and to embed any text that has a vector already.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from index.build.left_out import LeftOut
from index.build.ready_document import ReadyDocument
from index.encoders.full import Embedder, Progress
from index.encoders.passage_vectors import PassageVectors, passage_vectors, vectors_key
from ingest.cache.build_cache import Earlier, Vector
from ingest.stages.faults import fault_of
from ingest.stages.split import SplitDocument

_Found = TypeVar("_Found")

# Texts that are embedded in one go: enough that small documents share a call and sorting by length saves padding.
BATCH = 256
MOST_HELD = 4 * BATCH  # texts of the documents of one batch, known vectors included: what bounds the memory
# Batches that wait or are embedded while others are split: about what is read and split until a new light encoder is made. It is also
# what a kill can cost at most.
AHEAD = 4


class _Lacking:
    """A split document and the vectors of its passages and keys, some of them still missing."""

    def __init__(self, split: SplitDocument, earlier: Sequence[Earlier]) -> None:
        self.split = split
        self.passages = {vectors_key(split.document, passage): passage for passage in split.passages}
        self.keys = [key for passage in split.passages for key in passage.keys]
        self.known_passages = _first_found(self.passages, [one.passage_vectors for one in earlier])
        self.known_keys = _first_found(self.keys, [one.key_vector for one in earlier])
        self.missing_passages = [name for name in self.passages if name not in self.known_passages]
        self.missing_keys = [key for key in dict.fromkeys(self.keys) if key not in self.known_keys]

    @property
    def missing(self) -> int:
        """How many texts have no vector yet."""
        return len(self.missing_passages) + len(self.missing_keys)

    def ready(self, passages: Mapping[str, PassageVectors], keys: Mapping[str, Vector], dimension: int) -> ReadyDocument:
        """Return the document with all its vectors."""
        split = self.split
        of_passages = {**passages, **self.known_passages}
        of_keys = {**keys, **self.known_keys}
        return ReadyDocument(
            document=split.document,
            pages=split.pages,
            passages=split.passages,
            vectors=[of_passages[vectors_key(split.document, passage)] for passage in split.passages],
            expansion_vectors=np.array([of_keys[key] for key in self.keys], np.float32).reshape(-1, dimension),
            boxes=split.boxes,
            report=split.report.json(),
            original=split.original,
            reading=split.reading,
            outline=split.outline,
        )


def _first_found(names: Iterable[str], looks: Sequence[Callable[[str], _Found | None]]) -> dict[str, _Found]:
    found = ((name, next((one for look in looks if (one := look(name)) is not None), None)) for name in dict.fromkeys(names))
    return {name: one for name, one in found if one is not None}


def embed(
    documents: Iterable[SplitDocument], embedder: Embedder, earlier: Sequence[Earlier], progress: Progress
) -> Generator[ReadyDocument | LeftOut, None, None]:
    """Yield ``documents`` with their vectors, in order; the texts of several are embedded together, beside this thread.

    A document that cannot be embedded is left out with its reason.
    """
    under_way: deque[Future[list[ReadyDocument | LeftOut]]] = deque()
    # One thread: it hands each batch to all cores.
    with ThreadPoolExecutor(1) as thread:
        try:
            for batch in _batches(documents, earlier):
                under_way.append(thread.submit(_each_filled, batch, embedder, progress))
                while len(under_way) >= AHEAD or (under_way and under_way[0].done()):
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            for batch_under_way in under_way:
                batch_under_way.cancel()


def _batches(documents: Iterable[SplitDocument], earlier: Sequence[Earlier]) -> Iterator[list[_Lacking]]:
    waiting: list[_Lacking] = []
    for split in documents:
        waiting.append(_Lacking(split, earlier))
        if _enough(waiting):
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _enough(waiting: Sequence[_Lacking]) -> bool:
    missing = sum(one.missing for one in waiting)
    held = sum(len(one.passages) + len(one.keys) for one in waiting)
    return not waiting[0].missing or missing >= BATCH or held >= MOST_HELD


def _each_filled(waiting: Sequence[_Lacking], embedder: Embedder, progress: Progress) -> list[ReadyDocument | LeftOut]:
    try:
        return [*_filled(waiting, embedder, progress)]
    except Exception as error:  # noqa: BLE001  as in ingest.stages.on_the_way
        reason = fault_of(error, "embedded")
        if len(waiting) == 1:
            return [waiting[0].split.left_out(reason)]
    # One of several spoils the batch: each by itself then, and that one shows itself.
    return [made for one in waiting for made in _each_filled([one], embedder, progress)]


def _filled(waiting: Sequence[_Lacking], embedder: Embedder, progress: Progress) -> list[ReadyDocument]:
    new = {name: (one.split.document, one.passages[name]) for one in waiting for name in one.missing_passages}
    keys = list(dict.fromkeys(key for one in waiting for key in one.missing_keys))
    passages = dict(zip(new, passage_vectors(list(new.values()), embedder, progress), strict=True)) if new else {}
    of_keys = dict(zip(keys, embedder.embed(keys, progress), strict=True)) if keys else {}
    return [one.ready(passages, of_keys, embedder.identity.dimension) for one in waiting]

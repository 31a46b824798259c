"""Copy a build out of its files into an engine.

Comes in: an opened build's files and records, and a sink. Goes out: what the sink has proved. Refuses to know which engine it is.
"""

from collections.abc import Callable, Iterator
from itertools import count

import numpy as np

from index.arrays import in_bytes
from index.documents.store import Records
from index.engines.embedded import EmbeddedSource
from index.engines.engine import CandidateSink, Counts, PassageRow
from index.records import Passage, passage_id

TOGETHER = 200  # passages: with the tokens of the largest model some 15 MB


def copy_build(records: Records, files: EmbeddedSource, sink: CandidateSink, told: Callable[[int], object]) -> Counts:
    """Write everything into ``sink`` and finish it; ``told`` hears how many passages are done.

    Raises:
        BuildError: the engine did not take it; what is half-written there cannot be searched.
    """
    for start in range(0, records.size, TOGETHER):
        rows = range(start, min(start + TOGETHER, records.size))
        sink.add(list(_rows(records, files, rows)))
        told(rows.stop)
    return sink.finish()


def _rows(records: Records, files: EmbeddedSource, rows: range) -> Iterator[PassageRow]:
    numbers = np.arange(rows.start, rows.stop, dtype=np.int64)
    vectors = files.vectors.rows(numbers).astype(np.float16)
    bounds = files.expansion_bounds
    for place, (row, passage) in enumerate(zip(rows, records.passages(rows), strict=True)):
        keys = files.keys.rows(np.arange(bounds[row], bounds[row + 1], dtype=np.int64))
        tokens = files.tokens.of(numbers[place : place + 1])
        yield PassageRow(
            row,
            passage,
            _occurrence(passage),
            vectors[place],
            in_bytes(keys),
            tokens.vectors,
            tokens.sentences,
            tokens.lengths,
        )


def _occurrence(passage: Passage) -> int:
    return next(one for one in count() if passage_id(passage.document_id, passage.text, one) == passage.id)

"""A document that is ready to be written into a build: what the stages of ingestion hand over.

Comes in: nothing. Goes out: a type. Refuses to know how it was made, and what is written of it where.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoders.passage_vectors import PassageVectors
from index.records import Document, OutlineEntry, Page, Passage


@dataclass(frozen=True, slots=True)
class ReadyDocument:
    """One document with all that a build keeps of it."""

    document: Document
    pages: Sequence[Page]
    passages: Sequence[Passage]
    vectors: Sequence[PassageVectors]  # of the passages, in order
    expansion_vectors: NDArray[np.float32]  # of all keys of all passages in order, shape (keys, d)
    boxes: Mapping[int, NDArray[np.uint16]]  # page number to the boxes of its characters
    report: Mapping[str, Any]  # how the document was read, as JSON
    original: Path | None = None  # the file that pages are drawn from
    reading: Mapping[str, Any] = field(default_factory=dict)  # for the next ingestion, as JSON; opaque here
    outline: Sequence[OutlineEntry] = ()  # that the file brought along

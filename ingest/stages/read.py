"""The first stage: from an entry of the catalogue to what stands in its file.

Comes in: entries in order. Goes out: what was read from each, taken over from what was made before where the same bytes were read in
the same way, or which are left out. Refuses to read a copy that can be told without reading, and to believe a file that changed
meanwhile.

Workers read the later files while the first are split and embedded.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from ingest.cache.build_cache import Earlier
from ingest.cache.checkpoint import Checkpoint
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.corpus import digest_of
from ingest.readers.read_document import ReadDocument, ReadingOptions
from ingest.recipe import reading_key
from ingest.stages.on_the_way import LeftOutDocument, Listed
from ingest.stages.workers import FailureKind, Outcome, ReadFailure, read_each

GROUP = 32  # files that are given to the workers together: bounds the memory, and keeps them busy


class KnownCopies(Protocol):
    """Tells copies that need not be read to be told."""

    def is_likely(self, listed: Listed) -> bool:
        """Tell whether this will probably be known as a copy, when what stands before it has passed: it is not read ahead."""
        ...

    def known(self, listed: Listed) -> LeftOutDocument | None:
        """Return that this is left out, where that is known without reading it, everything before it having passed."""
        ...


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry and what stands in its file."""

    listed: Listed
    read: ReadDocument


class DocumentReader:
    """Reads the files of a run, or takes their reading over."""

    def __init__(
        self,
        options: ReadingOptions,
        build_cache: Sequence[Earlier],
        checkpoint: Checkpoint,
        copies: KnownCopies,
        most_workers: Callable[[], int] = lambda: 0,
    ) -> None:
        """Read with ``options`` what neither ``build_cache`` nor ``checkpoint`` knows; what is read goes into ``checkpoint``.

        ``most_workers`` tells how many files may be read at a time, as many as there are processors where 0.
        """
        self._options = options
        self._made_before: Sequence[Earlier] = (*build_cache, checkpoint)
        self._checkpoint = checkpoint
        self._copies = copies
        self._most_workers = most_workers

    def read(self, entries: Sequence[Entry]) -> Generator[ReadEntry | LeftOutDocument, None, None]:
        """Yield what is read from each entry, or that it is left out; in order, but for copies by choice, which come last."""
        # What the catalogue calls a copy comes last: it is left out only where the one that it names is held.
        ordered = sorted(entries, key=lambda entry: bool(entry.copy_of))
        for start in range(0, len(ordered), GROUP):
            yield from self._group(
                [Listed(one, reading_key(one.document, self._options)) for one in ordered[start : start + GROUP]]
            )

    def _group(self, group: Sequence[Listed]) -> Iterator[ReadEntry | LeftOutDocument]:
        with closing(self._prefetched([one for one in group if self._must_be_read(one)])) as prefetched:
            for listed in group:
                yield self._copies.known(listed) or self._one(listed, prefetched)

    def _must_be_read(self, listed: Listed) -> bool:
        return not (self._copies.is_likely(listed) or any(one.knows(listed.key) for one in self._made_before))

    def _prefetched(self, listed: Sequence[Listed]) -> "Prefetch":
        first: dict[str, Entry] = {}
        for one in listed:
            first.setdefault(one.key, one.entry)  # of several equal files the first is read, the others are not
        return Prefetch(first, self._options, self._checkpoint, self._most_workers())

    def _one(self, listed: Listed, prefetched: "Prefetch") -> ReadEntry | LeftOutDocument:
        read = self._reading(listed, prefetched)
        return LeftOutDocument.of(listed, read.reason) if isinstance(read, ReadFailure) else ReadEntry(listed, read)

    def _reading(self, listed: Listed, prefetched: "Prefetch") -> ReadDocument | ReadFailure:
        if prefetched.holds(listed.key):
            return prefetched.take(listed.key)
        known = next((one for one in self._made_before if one.knows(listed.key)), None)
        if known:
            return known.reading(listed.key)
        # What was not read with its group: a copy whose original is gone, or the second of two files that cannot be read.
        with closing(self._prefetched([listed])) as again:
            return again.take(listed.key)


class Prefetch:
    """Files that are being read. Close it when nothing more is wanted: it stops the workers."""

    def __init__(
        self, entries: Mapping[str, Entry], options: ReadingOptions, checkpoint: Checkpoint, most_workers: int = 0
    ) -> None:
        """Read ``entries``, by the keys of their readings, in order; the workers begin when the first is taken."""
        self._entries = dict(entries)  # those that have not arrived
        self._checkpoint = checkpoint
        paths = list(dict.fromkeys(entry.path for entry in entries.values()))
        self._outcomes = read_each(paths, options, most_workers)
        self._arrived: dict[str, ReadDocument | ReadFailure] = {}

    def holds(self, key: str) -> bool:
        """Tell whether ``key`` is read here and was not taken before."""
        return key in self._entries or key in self._arrived

    def take(self, key: str) -> ReadDocument | ReadFailure:
        """Wait for what is read for ``key``, which this ``holds``, and return it."""
        while key in self._entries:
            self._note(next(self._outcomes))
        return self._arrived.pop(key)

    def close(self) -> None:
        """Stop reading."""
        self._outcomes.close()

    def _note(self, outcome: Outcome) -> None:
        path, read = outcome
        for key in [key for key, entry in self._entries.items() if entry.path == path]:
            sound = _if_unchanged(self._entries.pop(key), read)
            if isinstance(sound, ReadDocument):
                self._checkpoint.keep_reading(key, sound)
            self._arrived[key] = sound


def _if_unchanged(entry: Entry, read: ReadDocument | ReadFailure) -> ReadDocument | ReadFailure:
    """Return what was read, unless the file is not any more the one that the catalogue was read with."""
    if digest_of(entry.path) == entry.document.sha256:
        return read
    return ReadFailure(FailureKind.UNREADABLE, "the file changed while it was read; run again when it is complete")

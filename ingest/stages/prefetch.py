"""The readings of some files as they arrive: workers read the later ones while the first are split and embedded.

Comes in: entries of the catalogue, by the key of their reading. Goes out: what was read from each, in any order that is asked for, and
kept for the case of an interruption. Refuses to believe a file that changed meanwhile.
"""

from collections.abc import Mapping

from ingest.cache.checkpoint import Checkpoint
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.corpus import digest_of
from ingest.readers.read_document import ReadDocument, ReadingOptions
from ingest.stages.isolation import read_each
from ingest.stages.workers import FailureKind, Outcome, ReadFailure


class Arriving:
    """Files that are being read. Close it when nothing more is wanted: it stops the workers."""

    def __init__(self, entries: Mapping[str, Entry], options: ReadingOptions, kept: Checkpoint, most_workers: int = 0) -> None:
        """Read ``entries``, by the keys of their readings, in order; the workers begin when the first is taken."""
        self._entries = dict(entries)  # those that have not arrived
        self._kept = kept
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
                self._kept.keep_reading(key, sound)
            self._arrived[key] = sound


def _if_unchanged(entry: Entry, read: ReadDocument | ReadFailure) -> ReadDocument | ReadFailure:
    """Return what was read, unless the file is not any more the one that the catalogue was read with."""
    if digest_of(entry.path) == entry.document.sha256:
        return read
    return ReadFailure(FailureKind.UNREADABLE, "the file changed while it was read; run again when it is complete")

"""Read files, none of which can stop the run.

Comes in: paths. Goes out: what was read from each, or why not. Refuses to know what it is read for.

Plain text and Markdown are read right here: nothing beneath their readers can hang or crash, and starting a worker would take longer
than reading them. Everything else is read in worker processes (ingest.workers).
"""

from collections.abc import Sequence
from pathlib import Path

from index.errors import CatalogueError, UnreadableDocument
from ingest.read_document import ReadDocument, ReadingOptions
from ingest.readers.media_types import media_type_of
from ingest.reading import read_file
from ingest.workers import FailureKind, ReadFailure, read_files

TEXT_TYPES = {"text/markdown", "text/plain"}
MOST_TEXT_BYTES = 4 * 2**20  # a larger text file is read by a worker too


def read_group(paths: Sequence[Path], options: ReadingOptions) -> dict[Path, ReadDocument | ReadFailure]:
    """Return what was read from each of ``paths``, or why nothing was."""
    plain = [path for path in paths if _is_plain(path)]
    others = [path for path in paths if path not in plain]
    found = {path: _read_here(path, options) for path in plain}
    return found | dict(read_files(others, options)) if others else found


def _is_plain(path: Path) -> bool:
    try:
        return media_type_of(path) in TEXT_TYPES and path.stat().st_size <= MOST_TEXT_BYTES
    except (OSError, UnreadableDocument):
        return False


def _read_here(path: Path, options: ReadingOptions) -> ReadDocument | ReadFailure:
    try:
        return read_file(path, options)
    except UnreadableDocument as error:
        return ReadFailure(FailureKind.UNREADABLE, str(error))
    except CatalogueError as error:
        return ReadFailure(FailureKind.BROKEN_NOTE, str(error))

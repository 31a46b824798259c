"""Read files, none of which can stop the run.

Comes in: paths. Goes out: what was read from each, or why not. Refuses to know what it is read for.

Plain text and Markdown are read right here: nothing beneath their readers can hang or crash, and starting a worker would take longer
than reading them. Everything else is read in worker processes (ingest.stages.workers).
"""

from collections.abc import Generator, Sequence
from pathlib import Path

from index.errors import UnreadableDocument
from ingest.readers.media_types import media_type_of
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file
from ingest.readers.registry import FORMATS
from ingest.stages.workers import Outcome, answer, read_files

TEXT_TYPES = {one.media_type for one in FORMATS if one.is_harmless}
MOST_TEXT_BYTES = 4 * 2**20  # a larger text file is read by a worker too


def read_each(paths: Sequence[Path], options: ReadingOptions, most_workers: int = 0) -> Generator[Outcome, None, None]:
    """Yield each of ``paths`` with what was read from it, or why nothing was, as it becomes ready.

    Between two of them the workers read on; there are at most ``most_workers``, as many as processors where 0.
    """
    plain = [path for path in paths if _is_plain(path)]
    for path in plain:
        yield path, answer(path, options, read_file)
    others = [path for path in paths if path not in plain]
    if others:
        yield from read_files(others, options, most_workers)


def _is_plain(path: Path) -> bool:
    try:
        return media_type_of(path) in TEXT_TYPES and path.stat().st_size <= MOST_TEXT_BYTES
    except (OSError, UnreadableDocument):
        return False

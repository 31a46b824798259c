"""Read every difficult file of ../shared/torture in a worker and say how each ended.

    python benchmarks/torture.py [FOLDER]

Fails when a file ends in anything but a reading or a true reason, takes longer than 30 seconds, or a worker more than 1 GB.
"""

import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.read_document import FileLimits, PageStatus, ReadDocument, ReadingOptions
from ingest.workers import FailureKind, ReadFailure, read_files

SECONDS = 30.0
MOST_MEGABYTES = 1024
FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "torture"


def ending(outcome: ReadDocument | ReadFailure) -> tuple[str, str]:
    """Return how a file ended, and the detail."""
    if isinstance(outcome, ReadFailure):
        return ("unreadable" if outcome.kind is FailureKind.UNREADABLE else outcome.kind.value), outcome.reason
    unread = [page for page in outcome.outcomes if page.status is PageStatus.UNREADABLE]
    reasons = "; ".join(sorted({page.reason for page in outcome.outcomes if page.reason}))
    characters = sum(len(page.text) for page in outcome.pages)
    detail = f"{len(outcome.pages)} of {outcome.page_count} pages, {characters} characters"
    word = "partly read" if unread and outcome.pages else "nothing read" if unread else "read" if outcome.pages else "empty"
    return word, f"{detail}{'; ' if reasons else ''}{reasons}"


def main() -> int:
    """Read the folder and print a table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    counts: Counter[str] = Counter()
    started = time.monotonic()
    for path, outcome in read_files(paths, ReadingOptions(limits=FileLimits(seconds=SECONDS))):
        word, detail = ending(outcome)
        counts[word] += 1
        print(f"{word:12} {path.name[:60]:60} {detail}")
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\n{len(paths)} files in {time.monotonic() - started:.0f} s; largest worker {megabytes:.0f} MB")
    print(", ".join(f"{word}: {count}" for word, count in counts.most_common()))
    bad = sum(counts[kind.value] for kind in FailureKind if kind is not FailureKind.UNREADABLE)
    return 1 if bad or megabytes > MOST_MEGABYTES else 0


if __name__ == "__main__":
    raise SystemExit(main())

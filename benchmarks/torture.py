"""Read every difficult file of ../shared/torture and ../shared/failing in a worker and say how each ended.

    python -m benchmarks.torture [FOLDER …]

Fails when a file ends in anything but a reading or a true reason, takes longer than two minutes, or a worker more than 1 GB, and when
anything is written to standard error. A copy of one file under a name that is no UTF-8 is read with them.
"""

import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.readers.read_document import FileLimits, PageStatus, ReadDocument, ReadingOptions
from ingest.readers.sound_letters import shown_name
from ingest.stages.workers import FailureKind, ReadFailure, read_each

SECONDS = 120.0  # of wall time; a busy machine may take long over a file of many pages
MOST_MEGABYTES = 1024
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
FOLDERS = (SHARED / "torture", SHARED / "failing" / "reading")
LATIN_NAME = b"caf\xe9.pdf"


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


def files_of(folders: list[Path], spare: Path) -> list[Path]:
    """Return all files of the folders, and a copy of one under a name of another encoding."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    first = next((path for path in paths if path.suffix == ".pdf"), None)
    if first:
        paths.append(Path(os.fsdecode(os.fsencode(spare) + b"/" + LATIN_NAME)))
        shutil.copyfile(first, paths[-1])
    return paths


def table(paths: list[Path]) -> Counter[str]:
    """Read the files, print a line for each, and return how often each ending came."""
    counts: Counter[str] = Counter()
    for path, outcome in read_each(paths, ReadingOptions(limits=FileLimits(seconds=SECONDS))):
        word, detail = ending(outcome)
        counts[word] += 1
        print(f"{word:12} {shown_name(path.name)[:60]:60} {detail}")
    return counts


def main() -> int:
    """Read the folders and print a table."""
    folders = [Path(name) for name in sys.argv[1:]] or list(FOLDERS)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile() as said:
        paths = files_of(folders, Path(name))
        before = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            counts = table(paths)
        finally:
            os.dup2(before, 2)
        noise = said.seek(0, os.SEEK_END)
        said.seek(0)
        print(said.read(2000).decode(errors="replace"), end="")
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\n{len(paths)} files in {time.monotonic() - started:.0f} s; largest worker {megabytes:.0f} MB")
    print(f"{', '.join(f'{word}: {count}' for word, count in counts.most_common())}; {noise} bytes on standard error")
    bad = sum(counts[kind.value] for kind in FailureKind if kind is not FailureKind.UNREADABLE)
    return 1 if bad or noise or megabytes > MOST_MEGABYTES else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""How much memory a build of many files takes, over the whole tree of its processes.

    python -m benchmarks.many_files [--files 800] [--folder DIR] [--limit 1200]

Makes PDFs of one to twelve pages of its own (or copies those of ``--folder``, each copy with other last bytes), builds them with the
real model into an empty folder, as ``localism-ingest build`` does, and looks at the tree every 0.3 s. Memory is PSS: what several
processes share is counted once. Prints the peak with the processes that made it up, the exit code and the time. Fails where the
peak is above ``--limit`` or the build did not end well. Linux.
"""

import argparse
import itertools
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import make_pdf

ROOT = Path(__file__).resolve().parent.parent
LOOK = 0.3  # seconds
WORDS = (
    "council village hall ground field lease rent roof repair charity trust grant notice meeting vote clerk parish "
    "asset listing bid owner sale weeks letter appeal officer plan policy shop pub library pool park river bridge "
    "the of and to in is that for on must may can will with from by a an this which it be are not has when where"
).split()


@dataclass
class Peak:
    """The most that the tree held at once."""

    total: float = 0.0  # MB
    parts: list[tuple[float, str]] = field(default_factory=list)  # MB and what the process does


def write_files(folder: Path, count: int) -> None:
    """Write ``count`` PDFs of running text, no two alike, the same in every run."""
    for number in range(count):
        dice = random.Random(number)  # noqa: S311  # no secret depends on it
        pages = [[" ".join(dice.choices(WORDS, k=11)) for _ in range(30)] for _ in range(1 + number * 7 % 12)]
        make_pdf(folder / f"file-{number:04}.pdf", pages)


def copy_files(source: Path, folder: Path, count: int) -> None:
    """Copy the PDFs of ``source`` until there are ``count``, with other bytes at the end of each."""
    for number, path in zip(range(count), itertools.cycle(sorted(source.glob("*.pdf"))), strict=False):
        (folder / f"file-{number:04}.pdf").write_bytes(path.read_bytes() + b"\n%% %d\n" % number)


def tree_of(root: int) -> Iterator[int]:
    """Yield the ids of a process and of all that came of it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found = {root}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    yield from found


def pss_of(process: int) -> float:
    """Return the proportional share of memory of one process, in MB; 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def role_of(process: int, root: int) -> str:
    """Say which of the processes it is."""
    if process == root:
        return "build"
    with suppress(OSError):
        said = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return "child" if "spawn_main" in said else said[:40]
    return "gone"


def watch(build: "subprocess.Popen[bytes]") -> Peak:
    """Look at the tree of ``build`` until it ends."""
    peak = Peak()
    while build.poll() is None:
        held = [(pss_of(one), role_of(one, build.pid)) for one in tree_of(build.pid)]
        total = sum(megabytes for megabytes, _ in held)
        if total > peak.total:
            peak = Peak(total, sorted(held, reverse=True))
        time.sleep(LOOK)
    return peak


def main() -> int:
    """Build and print the figures; 1 where they are not as they should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=800)
    parser.add_argument("--folder", type=Path, help="copy the PDFs of this folder")
    parser.add_argument("--limit", type=float, default=1200, metavar="MB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        corpus = Path(name) / "corpus"
        (corpus / "documents").mkdir(parents=True)
        (corpus / "catalogue.toml").write_text("")
        if options.folder:
            copy_files(options.folder, corpus / "documents", options.files)
        else:
            write_files(corpus / "documents", options.files)
        command = ["build", "--json", "--corpus", str(corpus), "--index", str(Path(name) / "builds")]
        started = time.monotonic()
        with subprocess.Popen([sys.executable, "-m", "ingest", *command], cwd=ROOT, stdout=subprocess.DEVNULL) as build:
            peak = watch(build)
        seconds = time.monotonic() - started
    print(f"{options.files} files: exit code {build.returncode}, {seconds:.0f} s, peak {peak.total:.0f} MB of PSS")
    for megabytes, role in peak.parts:
        print(f"  {megabytes:6.0f} MB {role}")
    return 1 if build.returncode or peak.total > options.limit else 0


if __name__ == "__main__":
    sys.exit(main())

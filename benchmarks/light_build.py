"""What a light set-up takes, from nothing to the first answer: seconds, memory, disk.

    python -m benchmarks.light_build [FOLDER]

Clones what was committed last into FOLDER (by default one that is removed again), sets it up and builds there for a user who has
nothing in the cache, and asks a question. Memory is the greatest sum of what the processes of one moment
hold, what they share counted once (PSS). Packages are fetched from where pip fetches them. Linux.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVERY_SECONDS = 0.1
QUESTION = "How long does the council have to decide on our nomination?"


@dataclass(slots=True)
class Step:
    """One command and what it took."""

    command: list[str]
    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_megabytes: float = 0.0
    held: dict[str, float] = field(default_factory=dict)  # by process, at the peak, in MB


def run(command: list[str], folder: Path, home: Path) -> Step:
    """Run ``command`` and watch what it and its children hold."""
    step = Step(command)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LOCALISM_", "XDG_", "VIRTUAL_ENV"))
    }
    started, used = time.monotonic(), processor_seconds()
    process = subprocess.Popen(command, cwd=folder, env=environment | {"HOME": str(home)}, stdout=subprocess.DEVNULL)
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, step, ended))
    watcher.start()
    code = process.wait()
    ended.set()
    watcher.join()
    step.seconds, step.processor_seconds = time.monotonic() - started, processor_seconds() - used
    if code:
        raise SystemExit(f"{' '.join(command)} ended with exit code {code}.")
    return step


def processor_seconds() -> float:
    """Return what the processes below this one that have ended took of the processors."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _watch(pid: int, step: Step, ended: threading.Event) -> None:
    while not ended.wait(EVERY_SECONDS):
        held = {f"{one} {name}": size for one in tree(pid) for name, size in [held_by(one)]}
        if sum(held.values()) > step.peak_megabytes:
            step.peak_megabytes, step.held = sum(held.values()), held


def tree(pid: int) -> list[int]:
    """Return the numbers of a process and of all below it, as Linux tells."""
    try:
        children = [
            int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(one for child in children for one in tree(child))]


def held_by(pid: int) -> tuple[str, float]:
    """Return the name of a process and the megabytes that it holds, what it shares counted by its share (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return Path(f"/proc/{pid}/comm").read_text().strip(), next(
            int(one.split()[1]) for one in lines if one.startswith("Pss:")
        ) / 1024
    except (OSError, StopIteration):
        return "ended", 0.0


def megabytes(folder: Path, counted: set[tuple[int, int]]) -> float:
    """Return what ``folder`` takes on the disk beside the files that are ``counted`` already, and count its files."""
    files = {(one.st_dev, one.st_ino): one.st_blocks for path in folder.rglob("*") for one in [path.lstat()]}
    new = files.keys() - counted
    counted |= new
    return sum(files[one] for one in new) * 512 / 1e6


def measure(folder: Path) -> None:
    """Set up, build and ask in ``folder``, and print the tables."""
    checkout, home = folder / "checkout", folder / "home"
    home.mkdir(parents=True)
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", str(checkout)], check=True)
    commands = (
        ["make", ".venv/.installed-light", "LIGHT=1"],
        ["make", "index", "LIGHT=1"],  # the reader, then the index, as make serve does
        [".venv/bin/localism", "ask", QUESTION],
    )
    busy = os.getloadavg()[0]
    steps = [run(command, checkout, home) for command in commands]
    print("| step | seconds | processor seconds | memory at most, MB |\n|---|---|---|---|")
    for step in steps:
        print(
            f"| {step.command[0]} {step.command[1]} | {step.seconds:.0f} | {step.processor_seconds:.0f} | {step.peak_megabytes:.0f} |"
        )
    whole = (sum(step.seconds for step in steps), sum(step.processor_seconds for step in steps))
    print(f"| together | {whole[0]:.0f} | {whole[1]:.0f} | {max(step.peak_megabytes for step in steps):.0f} |\n")
    print(f"{os.cpu_count()} processors, on which {busy:.1f} processes ran before and {os.getloadavg()[0]:.1f} at the end.")
    parts = {"packages": checkout / ".venv", "builds": checkout / "index" / "builds", "cache": home / ".cache"}
    counted: set[tuple[int, int]] = set()  # builds share their encoder with the cache
    sizes = {name: megabytes(place, counted) for name, place in parts.items()}
    print(
        "Disk, MB: "
        + ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
        + f"; together {sum(sizes.values()):.0f}"
    )


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    options = parser.parse_args()
    if options.folder:
        measure(options.folder)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())

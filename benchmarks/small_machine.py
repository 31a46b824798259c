"""The server on a small machine: few processors, little memory.

    python -m benchmarks.small_machine [--index DIR] [--cores 1] [--data 512] [--cgroup FOLDER]

``--data`` is the most that a process may hold for itself, in MB (RLIMIT_DATA). ``--cgroup`` names a memory control group that the
server is put into; its limit counts files too, as a small machine does: mkdir /sys/fs/cgroup/memory/small; echo 512M >
/sys/fs/cgroup/memory/small/memory.limit_in_bytes. Linux, wrk, util-linux.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.http_load import load_at_least
from benchmarks.http_services import Running, Service, ours, started
from benchmarks.http_turns import load
from index.build.layout import DEFAULT_BUILDS

QUESTIONS = 1000
NEEDED = ("wrk", "taskset", "prlimit")


def held_to(service: Service, cores: int, megabytes: int, group: Path | None) -> Service:
    """Return ``service`` on so many processors and in so much memory."""
    limited = ["taskset", "-c", f"0-{cores - 1}", "prlimit", f"--data={megabytes * 2**20}", *service.command]
    if group is not None:
        # A process that joins a group takes all that it becomes with it.
        limited = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(group / "cgroup.procs"), *limited]
    return replace(service, command=tuple(limited))


def peak(running: Running) -> float:
    """Return the most that the server has held in RAM at once, mapped files included, in MB."""
    lines = Path(f"/proc/{running.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask a thousand questions and print what came of it; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--data", type=int, default=512, metavar="MB")
    parser.add_argument("--cgroup", type=Path, metavar="FOLDER")
    chosen = parser.parse_args(arguments)
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        print(f"This needs {', '.join(missing)} (Debian: apt install wrk util-linux).", file=sys.stderr)
        return 2
    with started(held_to(ours(chosen.index, 1), chosen.cores, chosen.data, chosen.cgroup)) as running:
        load_at_least(running, QUESTIONS)
        turn = load(running, running.service.path, 4, 10)
        page = load(running, "/?q=", 4, 5)
        limits = f"{chosen.cores} of {os.cpu_count()} processors, {chosen.data} MB of data"
        print(f"{limits}{f', in {chosen.cgroup.name}' if chosen.cgroup else ''}: ready after {running.seconds_to_ready:.2f} s")
        print(f"{turn.per_second:.0f} questions a second at 4 connections, p50 {turn.p50:.1f} ms, p99 {turn.p99:.1f} ms")
        memory = f"{running.memory():.0f} MB after {QUESTIONS} questions, {peak(running):.0f} at most"
        print(f"{turn.failed + page.failed} failed; {memory}")
    return 1 if turn.failed + page.failed else 0


if __name__ == "__main__":
    sys.exit(main())

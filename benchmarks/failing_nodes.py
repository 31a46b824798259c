"""Nodes that die while people ask: ``python -m benchmarks.failing_nodes [--seconds N]``.

A real primary and two real replicas of PostgreSQL (of the tests, which do not wait for the disk) on this machine, two small builds
made without a model, and four threads that ask all the while. Prints what failed in each phase, and how many questions had to ask
a node again, or another node, once or more often. Ends by itself in about two minutes.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import SecretStr

from index.build.build_watcher import BuildWatcher
from index.build.reader import local_part, open_build
from index.engines.engine import Engine
from index.engines.opening import open_engine
from index.engines.postgres.node import Node, PatientConnection
from index.engines.postgres.nodes import Nodes
from index.errors import BuildError, EngineUnreachable
from index.retrieval.searcher import Searcher
from tests.ingest.conftest import BREAD, Workshop, write_corpus
from tests.postgres_server import PASSWORD, PostgresServer, running_postgres

READERS = 4
SWITCHES = 10
_Done = TypeVar("_Done")


class Replica:
    """A copy of the primary that follows it."""

    def __init__(self, primary: PostgresServer, folder: Path) -> None:
        """Copy ``primary`` into ``folder`` and begin to follow it."""
        self._server: Any = primary._server  # its programs, and the user that runs them
        self.folder = folder
        self._data = folder / "data"
        source = str(self._server.get_postmaster_info().socket_dir)
        self._run("pg_basebackup", "-h", source, "-U", "postgres", "-D", str(self._data), "-R", "-X", "stream")
        self.start()

    def start(self) -> None:
        """Start it."""
        options = f"-k {self.folder} -c listen_addresses="
        self._run("pg_ctl", "-w", "-D", str(self._data), "-l", str(self.folder / "log"), "-o", options, "start")

    def promote(self) -> None:
        """Let it lead."""
        self._run("pg_ctl", "-w", "-D", str(self._data), "promote")

    def kill(self) -> None:
        """``kill -9``."""
        process = int((self._data / "postmaster.pid").read_text().split()[0])
        subprocess.run(["kill", "-9", str(process)], check=True)

    def stop(self) -> None:
        """Stop it, however it stands."""
        subprocess.run(
            [self._server.bin_path / "pg_ctl", "-D", self._data, "-m", "immediate", "stop"],
            check=False,
            capture_output=True,
            user=self._server.system_user,
        )

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._server.bin_path / program, *arguments]
        with tempfile.TemporaryFile() as said:  # a pipe would stay open for as long as the node runs
            done = subprocess.run(command, check=False, stdout=said, stderr=said, user=self._server.system_user)
            said.seek(0)
            assert done.returncode == 0, said.read().decode()


class Tries:
    """How often the question of a thread was asked again: of the same node on a new connection, or of another."""

    def __init__(self) -> None:
        """Count from now on, whatever speaks to nodes."""
        self._own = threading.local()
        ask_node, ask_nodes = Node.run, Nodes.run

        def of_node(node: Node, work: Callable[[PatientConnection], _Done]) -> _Done:
            tried = 0

            def once(connection: PatientConnection) -> _Done:
                nonlocal tried
                tried += 1
                return work(connection)

            try:
                return ask_node(node, once)
            finally:
                self._own.tried = getattr(self._own, "tried", 0) + max(tried, 1)

        def of_nodes(nodes: Nodes, work: Callable[[PatientConnection], _Done], serial: int) -> _Done:
            self._own.tried = 0
            try:
                return ask_nodes(nodes, work, serial)
            finally:
                self._own.again = getattr(self._own, "again", 0) + max(self._own.tried - 1, 0)

        Node.run, Nodes.run = of_node, of_nodes  # type: ignore[method-assign,assignment]  # only here, and for good

    def taken(self) -> int:
        """Return how often this thread asked again since it was looked at last."""
        again, self._own.again = getattr(self._own, "again", 0), 0
        return again


class Readers:
    """Four threads that ask what is live."""

    def __init__(self, watcher: BuildWatcher[Searcher], days: dict[str, str]) -> None:
        """Begin; ``days`` is how long bread keeps by each build."""
        self._watcher, self._days, self._tries = watcher, days, Tries()
        self.counts: Counter[str] = Counter()
        self.slowest = 0.0
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(READERS)]
        for thread in self._threads:
            thread.start()

    def phase(self, name: str, work: Callable[[], object], seconds: float) -> None:
        """Do ``work`` while people ask, let them ask ``seconds`` more, and print what came of it."""
        before, self.slowest = Counter(self.counts), 0.0
        work()
        self._done.wait(seconds)
        found = self.counts - before
        counts = " | ".join(str(found[kind]) for kind in ("answered", "failed", "mixed", "again once", "again more often"))
        print(f"| {name} | {counts} | {self.slowest * 1000:.0f} |", flush=True)

    def stop(self) -> None:
        """End."""
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        while not self._done.is_set():
            number += READERS
            searcher, began = self._watcher.current, time.perf_counter()
            try:
                hits = searcher.search(f"How long does bread keep in box {number}?", 2).hits
            except EngineUnreachable:
                self.counts["failed"] += 1
                self._tries.taken()
                continue
            wrong = [
                hit for hit in hits if "days" in hit.passage.text and self._days[searcher.build.id] not in hit.passage.text
            ]
            self.counts["mixed" if wrong or not hits else "answered"] += 1
            if again := self._tries.taken():
                self.counts["again once" if again == 1 else "again more often"] += 1
            self.slowest = max(self.slowest, time.perf_counter() - began)


@contextmanager
def nodes(address: str, primary: PostgresServer) -> Iterator[tuple[str, list[Replica]]]:
    """Yield the address of three nodes, and the two replicas."""
    replicas: list[Replica] = []
    with tempfile.TemporaryDirectory(prefix="replicas-") as folder:
        try:
            for name in ("a", "b"):
                own = Path(folder) / name
                own.mkdir()
                for path in (Path(folder), own):
                    path.chmod(0o777)
                replicas.append(Replica(primary, own))
            database = address.split("@/")[1].split("?")[0]
            hosts = ",".join([str(primary._folder), *(str(one.folder) for one in replicas)])
            yield f"postgresql://localism:{quote(PASSWORD, safe='')}@/{database}?host={quote(hosts, safe='')}", replicas
        finally:
            for one in replicas:
                one.stop()


def main() -> int:
    """Let nodes die and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each phase (%(default)s)")
    seconds = parser.parse_args().seconds
    with running_postgres() as primary, tempfile.TemporaryDirectory() as folder:
        address = primary.new_database()
        primary.administer(address, "CREATE EXTENSION vector")
        with nodes(address, primary) as (all_nodes, replicas):
            engine = open_engine(SecretStr(all_nodes))
            assert engine is not None
            with closing(engine):
                _measure(engine, primary, replicas, Path(folder), seconds)
    return 0


def _measure(engine: Engine, primary: PostgresServer, replicas: Sequence[Replica], folder: Path, seconds: float) -> None:
    workshop = Workshop(write_corpus(folder / "corpus"), folder / "builds")
    days, builds = {}, []
    for told in ("three days", "four days"):
        workshop.write("bread.md", BREAD.replace("three days", told))
        builds.append(workshop.build().build)
        days[builds[-1]] = told
        _bring(engine, workshop.builds / builds[-1])
    _point(engine, builds[0])
    watcher = BuildWatcher(workshop.builds, Searcher, every_seconds=0.5, grace_seconds=0.0, engine=engine)
    watcher.start()
    print(
        "| while people ask | answered | failed | mixed | asked again once | more often | slowest ms |\n|---|---|---|---|---|---|---|"
    )
    readers = Readers(watcher, days)

    def switch() -> None:
        for turn in range(SWITCHES):
            _point(engine, builds[(turn + 1) % 2])
            time.sleep(1.0)

    try:
        readers.phase("nothing happens", lambda: None, seconds)
        readers.phase(f"{SWITCHES} switches", switch, 1.0)
        readers.phase("kill -9 of a replica", replicas[0].kill, seconds)
        readers.phase("it comes back", replicas[0].start, seconds)
        with _half_written(engine, workshop.builds / builds[0]), ExitStack() as away:
            dies = partial(away.enter_context, primary.away())
            readers.phase("kill -9 of the primary, in the middle of writing a build", dies, seconds)
            readers.phase("a replica is promoted", replicas[0].promote, seconds)
            readers.phase("another build is published there", lambda: _point(engine, builds[1]), seconds)
            with engine.writing() as writer:
                print(f"\nIn the promoted node: {[(one.build, one.finished) for one in writer.generations()]}")
            print(f"In all: {dict(readers.counts)}.")
            print(f"Served now: {days[watcher.current.build.id]!r}, wanted 'four days'.")
            replicas[0].kill()
            time.sleep(2.0)
            before = Counter(readers.counts)
            time.sleep(seconds / 2)
            heard = readers.counts - before
            print(
                f"Only the replica that never heard of it is left: {heard['answered']} answered, {heard['failed']} told why not."
            )
    finally:
        readers.stop()
        watcher.stop()


@contextmanager
def _half_written(engine: Engine, folder: Path) -> Iterator[None]:
    """Be in the middle of writing a third build, until the node that takes it is killed."""
    with suppress(BuildError), closing(open_build(folder)) as build, engine.writing() as writer:
        part = local_part(folder, build.manifest, build.expansion_bounds)
        writer.begin(replace(part, shape=replace(part.shape, build="20990101T000000-abcdef")), build.files)
        yield


def _bring(engine: Engine, folder: Path) -> None:
    from ingest.engine_steps import copy_build

    with closing(open_build(folder)) as build, engine.writing() as writer:
        part = local_part(folder, build.manifest, build.expansion_bounds)
        copy_build(build.records, build.files, writer.begin(part, build.files), lambda _: None)


def _point(engine: Engine, build: str) -> None:
    with engine.writing() as writer:
        writer.point_to(build)


if __name__ == "__main__":
    sys.exit(main())

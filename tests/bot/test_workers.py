"""Several processes on one port, as an operator runs them: one that is killed, another build, feedback from all, and the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import httpx2
import pytest

from bot.discord_bot.state.health import GatewayHealth
from bot.runtime.supervisor import SharedHealth
from bot.settings import processes
from bot.state.databases.opening import open_store
from bot.state.feedback import FeedbackStore
from tests import loopback
from tests.conftest import ROOT
from tests.ingest.conftest import BREAD, Workshop, write_corpus
from tests.waiting import PATIENCE, free_port, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are counted in /proc")
QUESTION = {"q": "How long does bread keep?"}
CLIENTS = 16  # connections, each of which the kernel gives to either process


@dataclass
class Served:
    """A server of two processes."""

    process: subprocess.Popen[bytes]
    port: int
    state: Path

    def children(self) -> set[int]:
        """Return the processes that answer."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}

    def get(self, path: str, **parameters: str) -> Any:
        """Ask over a connection of its own."""
        return (
            loopback.get(f"http://127.0.0.1:{self.port}{path}", params=parameters, timeout=PATIENCE).raise_for_status().json()
        )

    def answers(self) -> set[str]:
        """Ask over several connections and return the builds that answered."""
        return {str(self.get("/api/ask", **QUESTION)["build"]) for _ in range(CLIENTS)}


def begin(builds: Path, port: int, workers: int, state: Path, errors: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Start the server as an operator does."""
    command = [sys.executable, "-m", "bot", "serve", "--index", str(builds), "--port", str(port), "--workers", str(workers)]
    return subprocess.Popen(command, cwd=ROOT, env={"LOCALISM_STATE": str(state)}, stderr=errors)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A corpus with a live build."""
    folder = tmp_path_factory.mktemp("workers")
    made = Workshop(write_corpus(folder / "corpus"), folder / "builds")
    made.build()
    return made


@pytest.fixture(scope="module")
def served(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of two processes, both ready."""
    folder = tmp_path_factory.mktemp("served")
    log = folder / "log"
    with log.open("wb") as errors:
        port = free_port()
        running = Served(begin(workshop.builds, port, 2, folder / "state", errors), port, folder / "state")
    wait_for(lambda: b"process 2 of 2 is ready" in log.read_bytes())
    yield running
    running.process.terminate()
    assert running.process.wait(PATIENCE) == 0
    assert b"Traceback" not in log.read_bytes()


def test_both_answer_and_count_feedback_in_one_file(served: Served):
    """Whichever process a connection meets, nothing is lost."""
    assert len(served.children()) == 2
    assert len(served.answers()) == 1
    passage = served.get("/api/ask", **QUESTION)["passages"][0]["id"]
    for _ in range(CLIENTS):
        said = {"passage": passage, "verdict": "helpful"}
        assert loopback.post(f"http://127.0.0.1:{served.port}/api/feedback", json=said).status_code == 204
    store = FeedbackStore(open_store(served.state))
    assert [row.helpful for row in store.rows()] == [CLIENTS]
    store.close()


def test_an_answer_is_sent_at_once(served: Served):
    """Over a connection that is kept open too, where TCP would like to wait for more: 40 ms, each time.

    The first answers of a connection never wait; of the others some come quicker than that, however busy the machine is.
    """
    times = []
    with httpx2.Client(verify=loopback.NO_AUTHORITIES) as client:
        for _ in range(60):
            before = time.perf_counter()
            client.get(f"http://127.0.0.1:{served.port}/livez")
            times.append(time.perf_counter() - before)
    assert sorted(times[20:])[2] < 0.03


def test_each_follows_to_another_build(served: Served, workshop: Workshop):
    """Without being told."""
    workshop.write("bread.md", BREAD.replace("three days", "five days"))
    second = workshop.build().build
    wait_for(lambda: served.answers() == {second}, every=0.1)


def test_one_that_is_killed_is_begun_again_and_no_connection_is_lost(served: Served):
    """Connections that the killed one would have got wait for the new one."""
    before = served.children()
    os.kill(min(before), signal.SIGKILL)
    assert len(served.answers()) == 1
    wait_for(lambda: len(served.children()) == 2)
    assert len(served.children() - before) == 1


def test_a_port_that_is_taken_is_said_in_one_sentence(served: Served, workshop: Workshop, tmp_path: Path):
    """By another server of ours too, though its processes share the port among themselves."""
    for workers in (1, 2):
        second = begin(workshop.builds, served.port, workers, tmp_path, subprocess.PIPE)
        said = " ".join(second.communicate(timeout=PATIENCE)[1].decode().split())
        assert (second.returncode, said.count("Traceback")) == (2, 0)
        assert said.startswith(f"Port {served.port} of 127.0.0.1 is taken by another program. ")


def test_without_a_build_it_is_said_once(tmp_path: Path):
    """Not once for each process."""
    server = begin(tmp_path, free_port(), 2, tmp_path, subprocess.PIPE)
    said = server.communicate(timeout=PATIENCE)[1].decode()
    assert (server.returncode, said.count("localism-ingest build")) == (2, 1)


def test_processes_end_when_the_one_that_began_them_is_killed(workshop: Workshop, tmp_path: Path):
    """None is left behind to hold the port."""
    port = free_port()
    server = Served(begin(workshop.builds, port, 2, tmp_path, subprocess.DEVNULL), port, tmp_path)
    wait_for(lambda: len(server.children()) == 2)
    children = server.children()
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_the_health_of_discord_is_read_where_the_bot_does_not_run():
    """Nothing written is not connected; what was written is what is read."""
    board, there = SharedHealth(), GatewayHealth(connected=True, latency=0.04, connects=2, disconnects=1, resumes=1)
    here = GatewayHealth()
    board.read(here)
    assert not here.healthy
    board.post(there)
    board.read(here)
    assert here == there


@pytest.mark.parametrize(("said", "wanted"), [(1, 1), (3, 3), ("auto", len(os.sched_getaffinity(0)))])
def test_auto_is_one_process_for_each_processor(said: int | Literal["auto"], wanted: int):
    """And a number is a number."""
    assert processes(said) == wanted

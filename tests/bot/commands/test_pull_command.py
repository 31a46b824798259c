"""A machine that only answers: it pulls a build, is ready when that is open and not before, and follows the next one while it runs."""

import json
import subprocess
from pathlib import Path

import httpx2
import pytest

from index.build.history import live_id
from tests import loopback
from tests.bot.test_workers import QUESTION, begin
from tests.ingest.conftest import BREAD, Workshop, write_corpus
from tests.waiting import free_port, wait_for


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The machine that builds."""
    folder = tmp_path_factory.mktemp("builder")
    made = Workshop(write_corpus(folder / "corpus"), folder / "builds")
    made.build()
    return made


def status_of(address: str) -> int:
    """Return the status that an address answers with, 0 where nobody listens."""
    try:
        return loopback.get(address, timeout=10).status_code
    except httpx2.TransportError:
        return 0


def test_a_reader_is_ready_when_its_build_is_open_and_follows_the_next(builder: Workshop, tmp_path: Path, cli):
    """Never half: whoever is told that it is ready gets an answer, and a pull changes it under way."""
    builds, port = tmp_path / "builds", free_port()
    pulled = cli("localism", "pull", str(builder.builds), "--index", str(builds))
    assert (pulled.returncode, "is live:" in pulled.stdout) == (0, True), pulled.stderr
    address, seen = f"http://127.0.0.1:{port}", list[int]()

    def ready() -> bool:
        seen.append(status_of(f"{address}/readyz"))
        return seen[-1] == 200

    server = begin(builds, port, 1, tmp_path / "state", subprocess.DEVNULL)
    try:
        wait_for(ready)
        assert loopback.get(f"{address}/api/ask", params=QUESTION, timeout=10).json()["build"] == live_id(builder.builds)
        assert set(seen[:-1]) <= {0, 503}
        builder.write("bread.md", BREAD.replace("three days", "five days"))
        second = builder.build().build
        again = cli("localism", "pull", str(builder.builds), "--index", str(builds), "--json")
        told = json.loads(again.stdout)
        assert (again.returncode, told["build"], told["changed"], told["taken_over"] > 0) == (0, second, True, True)
        wait_for(lambda: loopback.get(f"{address}/api/ask", params=QUESTION, timeout=10).json()["build"] == second)
        assert status_of(f"{address}/readyz") == 200
    finally:
        server.terminate()
        assert server.wait(20) == 0


def test_a_source_that_is_not_there_is_said_and_nothing_is_changed(tmp_path: Path, cli):
    """Exit code 2, one sentence."""
    refused = cli("localism", "pull", str(tmp_path / "nowhere"), "--index", str(tmp_path / "builds"))
    said = " ".join(refused.stderr.split())
    assert (refused.returncode, refused.stdout, "Traceback" in said) == (2, "", False)
    assert "cannot be read" in said


def test_where_an_engine_is_named_its_files_are_left_out(builder: Workshop, tmp_path: Path, here):
    """Who takes the name of the engine away is told what to do, and doing it helps; nobody is asked for by that name meanwhile."""
    arguments, engine = ("--index", str(tmp_path / "builds")), {"LOCALISM_ENGINE": "postgresql://nobody@nowhere.invalid/none"}
    pulled = here("localism", "pull", str(builder.builds), *arguments, **engine)
    assert (pulled.returncode, "were left to the engine" in pulled.stdout) == (0, True), pulled.stderr
    assert "is whole, but for what was left to an engine" in here("localism-index", "verify", *arguments).stdout
    asked = here("localism", "ask", "How long does bread keep?", *arguments)
    said = " ".join(asked.stderr.split())
    assert (asked.returncode, "localism pull --whole" in said, "LOCALISM_ENGINE" in said) == (2, True, True)
    rest = here("localism", "pull", str(builder.builds), "--whole", *arguments, **engine)
    assert (rest.returncode, "that were left to an engine are here now" in rest.stdout) == (0, True), rest.stderr
    assert here("localism", "ask", "How long does bread keep?", *arguments).returncode == 0

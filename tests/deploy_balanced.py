"""Two servers behind HAProxy and behind nginx as they are shipped, one of them killed in the midst of questions.

Run by ``make deploy-test``. Each part says why it is skipped where a program is not installed (Debian: haproxy, nginx). The load is
bounded; everything listens on loopback.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from index.encoders.model_folders import LIGHT_READER
from tests.waiting import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"
haproxy, nginx = (shutil.which(name, path=SBIN) for name in ("haproxy", "nginx"))
needs_haproxy = pytest.mark.skipif(haproxy is None, reason="haproxy is not installed")
needs_nginx = pytest.mark.skipif(nginx is None, reason="nginx is not installed")
QUESTIONS = 240
AT_ONCE = 4
KILLED_AFTER = 60  # questions


@dataclass
class Reader:
    """A server that answers from a build of its own."""

    index: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it would answer."""
        with (self.index.parent / f"{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=self.environment, stderr=log)
        wait_for(lambda: self.process is None or self.process.poll() is not None or self.is_ready())
        assert self.is_ready()

    def is_ready(self) -> bool:
        """Tell whether it says so."""
        try:
            return httpx2.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def end(self, kill: bool = False) -> None:
        """End it; ``kill``: as a machine ends that loses its power."""
        if self.process is not None and self.process.poll() is None:
            (self.process.kill if kill else self.process.terminate)()
            self.process.wait(30)


@contextmanager
def readers(folder: Path, index: Path, base: str = "") -> Iterator[list[Reader]]:
    """Two servers that answer from the same build."""
    made = []
    for _ in range(2):
        port = free_port()
        environment = {
            "LOCALISM_BASE_PATH": base,
            "LOCALISM_INDEX": str(index),
            "LOCALISM_MODEL": LIGHT_READER,
            "LOCALISM_PORT": str(port),
            "LOCALISM_QUESTIONS_PER_MINUTE": str(10 * QUESTIONS),
            "LOCALISM_STATE": str(folder / f"state-{port}"),
            "LOCALISM_TRUSTED_PROXIES": "127.0.0.1",
            "LOCALISM_WORKERS": "1",
            "PATH": os.environ["PATH"],
        }
        made.append(Reader(index, port, environment))
    try:
        for one in made:
            one.start()
        yield made
    finally:
        for one in made:
            one.end()


@contextmanager
def running(command: list[str], folder: Path, address: str) -> Iterator[None]:
    """A proxy, from when it answers at ``address`` on; what it prints stands in ``folder``."""
    with (folder / "proxy.log").open("wb") as log:
        proxy = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(lambda: proxy.poll() is not None or _status(address) == 200)
        yield
    finally:
        proxy.terminate()
        proxy.wait(30)


def put_in(text: str, changes: dict[str, str]) -> str:
    """Return a shipped file with other addresses in it."""
    for there, here in changes.items():
        assert there in text, there
        text = text.replace(there, here)
    return text


def _status(address: str) -> int:
    try:
        return httpx2.get(address, timeout=10).status_code
    except httpx2.HTTPError:
        return 0


def asked(base: str, killed: Reader) -> list[tuple[int, str]]:
    """Ask many questions, half of them as a body; ``killed`` dies after some. Returns what became of each."""

    def ask(number: int) -> tuple[int, str]:
        if number == KILLED_AFTER:
            killed.end(kill=True)
        question = f"Where is the playground of street {number}?"
        try:
            if number % 2:
                found = httpx2.get(f"{base}/api/v1/ask", params={"q": question}, timeout=60)
            else:
                found = httpx2.post(f"{base}/api/ask", json={"question": question}, timeout=60)
        except httpx2.HTTPError as error:
            return 0, repr(error)
        return found.status_code, str(found.json().get("build")) if found.status_code == 200 else found.text

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(ask, range(QUESTIONS)))


def check(found: list[tuple[int, str]]) -> None:
    """Assert that every question was answered, from one and the same build."""
    assert len(found) == QUESTIONS
    assert {one for one in found if one[0] != 200} == set()
    assert len(set(found)) == 1


@needs_haproxy
def test_haproxy_reads_the_shipped_file_without_a_complaint():
    """No word that it does not know."""
    done = subprocess.run([str(haproxy), "-c", "-f", str(DEPLOY / "haproxy.cfg")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_haproxy
def test_behind_haproxy_nobody_notices_a_server_that_is_killed(real_index: Path, tmp_path: Path):
    """Every question is answered, none is asked more than once again; the server that is back is used again, once it is ready."""
    front = free_port()
    with readers(tmp_path, real_index) as both:
        changes = {
            "bind :8443": f"bind 127.0.0.1:{front}",
            "10.0.0.11:8000": f"127.0.0.1:{both[0].port}",
            "10.0.0.12:8000": f"127.0.0.1:{both[1].port}",
            "10.0.0.10:8000": f"127.0.0.1:{both[1].port}",
            # Of each request no more than how often it was tried again, and how it ended.
            "    no log\n": "    log stdout format raw local0\n    log-format 'tried again %rc %ST'\n",
        }
        shipped = put_in((DEPLOY / "haproxy.cfg").read_text(encoding="utf-8"), changes)
        configuration = tmp_path / "haproxy.cfg"
        configuration.write_text(shipped, encoding="utf-8")
        base = f"http://127.0.0.1:{front}"
        with running([str(haproxy), "-db", "-f", str(configuration)], tmp_path, f"{base}/livez"):
            assert [_status(base + path) for path in ("/readyz", "/metrics")] == [404, 404]
            said = tmp_path / "proxy.log"
            check(asked(base, both[0]))
            both[0].start()
            wait_for(lambda: "Server readers/reader1 is UP" in said.read_text())
            check(asked(base, both[1]))
        again = [int(times) for times in re.findall(r"tried again \+?(\d+) 200", said.read_text())]
    assert len(again) > 2 * QUESTIONS - AT_ONCE
    assert set(again) == {0, 1}, again


@needs_nginx
def test_behind_nginx_nobody_notices_a_server_that_is_killed(real_index: Path, tmp_path: Path):
    """With the second server that the shipped file has in a comment."""
    front = free_port()
    with readers(tmp_path, real_index, "/localism") as both:
        changes = {
            "listen 8443;": f"listen 127.0.0.1:{front};",
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{both[0].port};",
            "# server 10.0.0.12:8000 ": f"server 127.0.0.1:{both[1].port} ",
            "/var/log/nginx/localism.log": f"{tmp_path}/access.log",
        }
        (tmp_path / "localism.conf").write_text(put_in((DEPLOY / "nginx.conf").read_text(encoding="utf-8"), changes))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
        (tmp_path / "main.conf").write_text(
            f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
            f"http {{\n{paths}include {tmp_path}/localism.conf;\n}}\n"
        )
        base = f"http://127.0.0.1:{front}/localism"
        with running([str(nginx), "-c", str(tmp_path / "main.conf")], tmp_path, f"{base}/livez"):
            check(asked(base, both[0]))

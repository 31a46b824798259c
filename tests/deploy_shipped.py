"""The files of ``deploy/`` as they are shipped, at work: nginx before a real server, and systemd's own judgement of the unit.

Run by ``make deploy-test``. Each part says why it is skipped where a program is not installed (Debian: nginx, systemd, fail2ban).
"""

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from index.encoders.model_folders import LIGHT_READER
from tests.waiting import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  # of this test
RIGHT = {"Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": "none"}
SECRET = "secretword"  # noqa: S105  # of questions
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1  # <linux/prctl.h>, from Linux 6.3
MOST_EXPOSED = 20  # of 100, as systemd-analyze counts
nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_nginx = pytest.mark.skipif(nginx is None, reason="nginx is not installed")
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
needs_fail2ban = pytest.mark.skipif(shutil.which("fail2ban-regex") is None, reason="fail2ban is not installed")


def answers(address: str) -> bool:
    """Tell whether somebody answers there."""
    try:
        return httpx2.get(address, timeout=5).status_code < 500
    except httpx2.HTTPError:
        return False


def denied_write_and_execute() -> None:
    """Be as a process under MemoryDenyWriteExecute: no memory that was written is ever run as code."""
    if ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
        raise OSError("this kernel knows no PR_SET_MDWE")


def knows_mdwe() -> bool:
    """Tell whether this kernel can deny memory that is written and run, asked of a process of its own."""
    program = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).prctl({PR_SET_MDWE}, {REFUSE_EXEC_GAIN}, 0, 0, 0) != 0)"
    return subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@dataclass
class Served:
    """The server, and nginx before it where that is installed."""

    folder: Path
    server: subprocess.Popen[bytes]
    port: int
    front: int

    @property
    def base(self) -> str:
        """The address that people type."""
        return f"http://127.0.0.1:{self.front}/localism"

    def log(self, name: str) -> str:
        """Return what stands in a log."""
        return (self.folder / name).read_text(encoding="utf-8", errors="replace")

    def ask(self, method: str, path: str, **rest: Any) -> httpx2.Response:
        """Ask through nginx as who knows the token."""
        return httpx2.request(method, self.base + path, headers=RIGHT, timeout=60, **rest)


def shipped_nginx(folder: Path, front: int, port: int) -> Path:
    """Write a configuration of nginx that includes the shipped file with nothing but ports and paths of its logs put in."""
    shipped = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for there, here in (
        ("listen 8443;", f"listen 127.0.0.1:{front};"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{port};"),
        ("/var/log/nginx/localism.log", f"{folder}/access.log"),
    ):
        assert shipped.count(there) == 1, there
        shipped = shipped.replace(there, here)
    (folder / "localism.conf").write_text(shipped, encoding="utf-8")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "main.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log debug;\n"
        f"events {{}}\nhttp {{\n{temporary}include {folder}/localism.conf;\n}}\n",
        encoding="utf-8",
    )
    return folder / "main.conf"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, small_corpus: Path, real_index: Path) -> Iterator[Served]:
    """The server on loopback, denied writable code as by the unit, and nginx with the shipped file before it."""
    folder = tmp_path_factory.mktemp("deployed")
    shutil.copytree(small_corpus, folder / "corpus")
    shutil.copytree(real_index, folder / "builds")
    port, front = free_port(), free_port()
    environment = {
        "LOCALISM_ADMIN_TOKEN": TOKEN,
        "LOCALISM_BASE_PATH": "/localism",
        "LOCALISM_CORPUS": str(folder / "corpus"),
        "LOCALISM_INDEX": str(folder / "builds"),
        "LOCALISM_MODEL": LIGHT_READER,
        "LOCALISM_OCR": "false",
        "LOCALISM_PORT": str(port),
        "LOCALISM_STATE": str(folder / "state"),
        "LOCALISM_TRUSTED_PROXIES": "127.0.0.1",
    }
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env=environment,
            stderr=log,
            umask=0o077,
            preexec_fn=denied_write_and_execute if knows_mdwe() else None,
        )
    wait_for(lambda: server.poll() is not None or answers(f"http://127.0.0.1:{port}/livez"))
    proxy = None
    if nginx is not None:
        with (folder / "nginx.out").open("wb") as log:
            proxy = subprocess.Popen([nginx, "-c", str(shipped_nginx(folder, front, port))], stderr=log)
        wait_for(lambda: proxy.poll() is not None or answers(f"http://127.0.0.1:{front}/localism/livez"))
    yield Served(folder, server, port, front)
    for process in (proxy, server):
        if process is not None:
            process.terminate()
            process.wait(30)


@needs_nginx
def test_an_upload_far_above_other_bodies_goes_through_and_is_published(served: Served):
    """1 MB through nginx, its own job, the gate, publication: under the limits that the unit sets on memory and rights."""
    assert knows_mdwe(), "denied writable code as by the unit: needs Linux 6.3"
    text = "# Gulls\n\n## Where do the gulls nest?\n\nThe gulls nest on the roof of the chapel.\n" + "\n" * 1_000_000
    taken = served.ask("POST", "/api/admin/documents", params={"name": "gulls.md", "title": "Gulls"}, content=text.encode())
    assert taken.status_code == 202, taken.text
    job = taken.json()["id"]
    done = wait_for(
        lambda: (found := served.ask("GET", f"/api/admin/jobs/{job}").json())["state"] != "running" and found, 180, 0.1
    )
    assert (done["code"], done["printed"][-1]["state"]) == (0, "held"), done
    publishing = served.ask("POST", f"/api/admin/jobs/{job}/publish").json()["id"]
    wait_for(lambda: served.ask("GET", f"/api/admin/jobs/{publishing}").json()["state"] == "done")
    wait_for(lambda: served.ask("GET", "/api/ask", params={"q": "Where do the gulls nest?"}).json()["build"] == done["build"])
    new = [served.folder / "builds" / done["build"] / name for name in ("manifest.json", "records.sqlite")]
    assert [oct(path.stat().st_mode & 0o777) for path in new] == ["0o600", "0o600"], "UMask"


@needs_nginx
def test_each_body_has_its_limit(served: Served):
    """A question of 400 kB is refused by nginx, a document of 102 MiB too, one a little too long by the server in a sentence."""
    assert served.ask("POST", "/api/ask", content=b"x" * 400_000).status_code == 413
    assert served.ask("POST", "/api/admin/documents?name=x.md", content=b"x" * (102 * 2**20)).status_code == 413
    said = served.ask("POST", "/api/admin/documents?name=x.md", content=b"x" * (100 * 2**20 + 1))
    assert said.headers["content-type"].startswith("application"), said.text
    assert (said.status_code, said.json()["detail"]) == (413, "The file is longer than 104,857,600 bytes.")


@needs_nginx
def test_a_log_in_works_through_the_proxy(served: Served):
    """By the origin that a browser names, with the port; from another site it does not."""
    origin = f"http://127.0.0.1:{served.front}"
    with httpx2.Client(base_url=served.base) as client:
        foreign = client.post("/admin/login", data={"token": TOKEN}, headers={"Origin": "http://evil.example"})
        done = client.post("/admin/login", data={"token": TOKEN, "to": "/admin"}, headers={"Origin": origin})
        assert (foreign.status_code, done.status_code, done.headers["location"]) == (403, 303, "/localism/admin")
        assert client.get("/admin/index").status_code == 200
        assert "; Path=/localism;" in done.headers["set-cookie"]


@needs_nginx
def test_what_is_for_the_operators_machine_does_not_go_out(served: Served):
    """Metrics and readiness."""
    assert [served.ask("GET", path).status_code for path in ("/metrics", "/readyz", "/livez")] == [404, 404, 200]


@needs_nginx
def test_no_question_stands_in_any_log_whatever_goes_wrong(served: Served):
    """Answers, refusals by nginx and by the server, a broken request, and a server that is stopped: neither access nor error log."""
    question = {"q": f"Who mends the {SECRET}?"}
    assert served.ask("GET", "/", params=question).status_code == 200
    assert served.ask("POST", "/api/ask", json={"question": f"{SECRET}?"}).status_code < 500
    assert served.ask("POST", f"/api/ask?q={SECRET}", content=b"x" * 400_000).status_code == 413
    assert served.ask("GET", f"/?q={SECRET}{'x' * 30_000}").status_code in (400, 414)
    with socket.create_connection(("127.0.0.1", served.front)) as connection:
        connection.sendall(f"GET /localism/?q={SECRET} HTTP/9.9\r\n\r\n".encode())
        connection.recv(1000)
    os.kill(served.server.pid, signal.SIGSTOP)  # nginx waits for it in vain
    try:
        with pytest.raises(httpx2.TimeoutException):
            httpx2.get(f"{served.base}/?q={SECRET}", timeout=1)
    finally:
        os.kill(served.server.pid, signal.SIGCONT)
    wait_for(lambda: served.ask("GET", "/livez").status_code == 200)
    for name in ("access.log", "error.log", "server.log", "nginx.out"):
        assert SECRET not in served.log(name), name
    assert re.search(r"^\S+ GET /localism/ 200 ", served.log("access.log"), re.MULTILINE)
    assert "127.0.0.1" not in served.log("access.log")
    assert not [path for kind in ("client_body", "proxy") for path in (served.folder / kind).rglob("*") if path.is_file()]


@needs_nginx
def test_no_question_stands_in_the_error_log_when_the_server_is_down(tmp_path: Path):
    """502, which nginx calls an error and would write down with the whole request line."""
    front = free_port()
    with (tmp_path / "nginx.out").open("wb") as log:
        proxy = subprocess.Popen([str(nginx), "-c", str(shipped_nginx(tmp_path, front, free_port()))], stderr=log)
    try:
        wait_for(lambda: proxy.poll() is not None or answers(f"http://127.0.0.1:{front}/elsewhere"))
        assert httpx2.get(f"http://127.0.0.1:{front}/localism/?q={SECRET}").status_code == 502
    finally:
        proxy.terminate()
        proxy.wait(30)
    assert " 502 " in (tmp_path / "access.log").read_text()
    assert SECRET not in "".join((tmp_path / name).read_text() for name in ("access.log", "error.log", "nginx.out"))


@needs_nginx
def test_builds_are_pulled_from_the_shipped_nginx_and_nothing_else_is_shown(real_index: Path, tmp_path: Path):
    """By ``localism pull`` itself; uploads, locks and notes of the folder are not there."""
    shutil.copytree(real_index, tmp_path / "builds")
    for hidden in (".jobs/20260101T000000-abcdef/upload/secret.md", ".lock", "STANDING.json"):
        (tmp_path / "builds" / hidden).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "builds" / hidden).write_text(SECRET)
    front = free_port()
    shipped = (DEPLOY / "nginx-builds.conf").read_text(encoding="utf-8")
    for there, here in (("listen 8444;", f"listen 127.0.0.1:{front};"), ("root /opt/localism/index;", f"root {tmp_path};")):
        assert shipped.count(there) == 1, there
        shipped = shipped.replace(there, here)
    (tmp_path / "builds.conf").write_text(shipped, encoding="utf-8")
    whoever = "user root;\n" if os.geteuid() == 0 else ""
    (tmp_path / "main.conf").write_text(
        f"{whoever}daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\nclient_body_temp_path {tmp_path}/body;\nproxy_temp_path {tmp_path}/proxy;\n"
        f"include {tmp_path}/builds.conf;\n}}\n",
        encoding="utf-8",
    )
    proxy = subprocess.Popen([str(nginx), "-c", str(tmp_path / "main.conf")])
    base = f"http://127.0.0.1:{front}"
    try:
        wait_for(lambda: proxy.poll() is not None or answers(base))
        command = [sys.executable, "-m", "bot", "pull", f"{base}/builds", "--index", str(tmp_path / "here")]
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        assert finished.returncode == 0, finished.stderr
        names = (".jobs/20260101T000000-abcdef/upload/secret.md", ".lock", "STANDING.json", "../main.conf", "")
        assert [httpx2.get(f"{base}/builds/{name}").status_code for name in names] == [404] * 5
    finally:
        proxy.terminate()
        proxy.wait(30)
    assert (tmp_path / "here" / "CURRENT").read_text() == (real_index / "CURRENT").read_text()


def unit(folder: Path) -> Path:
    """Write the shipped unit with the program of this machine in it: systemd looks whether it is there."""
    text = (DEPLOY / "localism.service").read_text(encoding="utf-8")
    assert text.count("/opt/localism/.venv/bin/localism ") == 1
    (folder / "localism.service").write_text(text.replace("/opt/localism/.venv/bin/localism ", "/bin/true "), encoding="utf-8")
    return folder / "localism.service"


@needs_systemd
def test_systemd_reads_the_unit_without_a_complaint(tmp_path: Path):
    """No directive that it does not know, none that contradicts another."""
    finished = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in finished.stderr.splitlines() if "localism" in line]
    assert (finished.returncode, said) == (0, [])


@needs_systemd
def test_the_unit_is_shut_in(tmp_path: Path):
    """By systemd's own count of what a service could still do: at most 2.0 of 10."""
    finished = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", str(unit(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout


def test_the_unit_names_every_folder_that_is_written():
    """State, corpus with catalogue and documents, builds; all else is read-only."""
    text = (DEPLOY / "localism.service").read_text(encoding="utf-8")
    assert "\nReadWritePaths=/opt/localism/corpus /opt/localism/index/builds\n" in text
    assert "\nStateDirectory=localism\n" in text
    assert "\nEnvironment=LOCALISM_STATE=/var/lib/localism\n" in text
    assert "\nProtectSystem=strict\n" in text


@needs_fail2ban
def test_fail2ban_finds_who_tries_wrong_tokens(served: Served, tmp_path: Path):
    """In the server's own log, by the shipped filter; the address is the client's, handed on by nginx."""
    before = served.log("server.log").count("wrong admin token")
    httpx2.get(
        f"http://127.0.0.1:{served.port}/metrics", headers={"X-Forwarded-For": "192.0.2.9", "Authorization": "Bearer wrong"}
    )
    wait_for(lambda: served.log("server.log").count("wrong admin token") == before + 1)
    assert "Bearer" not in served.log("server.log")
    found = subprocess.run(
        ["fail2ban-regex", "--out=ip", str(served.folder / "server.log"), str(DEPLOY / "fail2ban/filter.d/localism.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "192.0.2.9" in found.stdout.split(), json.dumps([found.stdout, found.stderr])

"""An upload that goes wrong: one clear sentence, nothing left behind, and the next one works."""

import asyncio
import errno
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.errors import StoreFull
from bot.http.admin import uploads
from bot.http.admin.keeping import BUSY, JOBS_FOLDER, Keeping
from bot.http.admin.uploads import with_keeping
from bot.http.app import create_app, server_config
from bot.http.options import HttpOptions, KeepingOptions
from bot.http.templates import Templates
from bot.state.admin_jobs import UPLOAD, Jobs
from bot.state.databases.opening import open_store
from bot.state.feedback import FeedbackStore, Verdict
from index.records import Passage
from tests import loopback
from tests.waiting import PATIENCE, serving, wait_for

TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  # of this test
RIGHT = {"Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": "none"}
UPLOADS = "/api/admin/documents"
HTTP_OPTIONS = HttpOptions(admin_token=TOKEN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the builds."""
    (tmp_path / "builds").mkdir()
    return tmp_path / "builds"


@pytest.fixture
def app(service: AnswerService, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The whole application, whose jobs are noted and not run."""
    monkeypatch.setattr(Jobs, "_run", lambda self, where, note, done: _noted(self, where, note))
    keeping = KeepingOptions(TOKEN, folder, tmp_path / "corpus", 500_000)
    return with_keeping(create_app(service, HTTP_OPTIONS), Templates(HTTP_OPTIONS), keeping)


def _noted(jobs: Jobs, where: Path, note: dict[str, Any]):
    (where / "job.json").write_text(json.dumps(note))
    (where / "code").write_text("0")
    return jobs.get(where.name)


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    """A client of it."""
    with TestClient(app, headers=RIGHT, raise_server_exceptions=False) as opened:
        yield opened


def left(folder: Path) -> list[str]:
    """Return what lies among the jobs."""
    return sorted(
        path.relative_to(folder / JOBS_FOLDER).as_posix() for path in (folder / JOBS_FOLDER).rglob("*") if path.is_file()
    )


def works(client: TestClient, folder: Path) -> bool:
    """Tell whether nothing was left behind and a good upload is taken."""
    assert list((folder / JOBS_FOLDER).glob("*")) == []
    return client.post(UPLOADS, params={"name": "gulls.md", "title": "Gulls"}, content=b"# Gulls").status_code == 202


def test_an_upload_above_the_limit_of_other_bodies_is_taken(client: TestClient, folder: Path):
    """Byte by byte."""
    content = bytes(range(256)) * 1600
    answer = client.post(UPLOADS, params={"name": "../large.pdf"}, content=content)
    assert answer.status_code == 202
    assert (folder / JOBS_FOLDER / answer.json()["id"] / UPLOAD / "large.pdf").read_bytes() == content


@pytest.mark.parametrize("field", ["name", "title", "publisher", "year"])
@pytest.mark.parametrize("bad", ["\x00", "a\x00b.md", "line\nend.md", "\x1b[2J.md", "\x85.md"])
def test_a_control_character_in_a_field_is_refused(client: TestClient, folder: Path, field: str, bad: str):
    """Before anything is saved."""
    refused = client.post(UPLOADS, params={"name": "x.md", field: bad}, content=b"# X")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json()["detail"] == f"{field}: it holds a character that is no text; type it again"
    assert works(client, folder)


@pytest.mark.parametrize("name", ["議" * 110 + ".md", "é" * 119 + ".pdf"])
def test_a_name_of_too_many_bytes_is_refused(client: TestClient, folder: Path, name: str):
    """A file system counts bytes, not letters."""
    refused = client.post(UPLOADS, params={"name": name}, content=b"# X")
    assert refused.status_code == 422
    assert "at most 200 are taken. Give it a shorter one." in refused.json()["detail"]
    assert works(client, folder)


@pytest.mark.parametrize("address", [UPLOADS, UPLOADS + "?name=x.md", "/api/admin/jobs", "/admin/login"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_response_here_carries_the_safe_headers_too(client: TestClient, method: str, address: str):
    """Refusals and successes."""
    headers = client.request(method, address, content=b"# X" if method == "POST" else None).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


@contextmanager
def served(app) -> Iterator[int]:
    """Serve ``app`` and give the port."""
    with serving(uvicorn.Server(server_config(app, "127.0.0.1", 0, HTTP_OPTIONS))) as port:
        yield port


@pytest.mark.parametrize("framing", ["Content-Length: 400000", "Transfer-Encoding: chunked"])
def test_a_client_that_goes_away_half_way_leaves_nothing(app, folder: Path, caplog: pytest.LogCaptureFixture, framing: str):
    """Over a real socket; no error is logged, and the next upload works."""
    head = "".join(f"{name}: {value}\r\n" for name, value in RIGHT.items())
    request = f"POST {UPLOADS}?name=x.md HTTP/1.1\r\nHost: x\r\n{head}{framing}\r\n\r\n"
    with served(app) as port:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request.encode() + b"8\r\n# A half\r\n")
            wait_for(lambda: list((folder / JOBS_FOLDER).glob(f"*/{UPLOAD}/x.md")))
        wait_for(lambda: not list((folder / JOBS_FOLDER).glob("*")))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    with TestClient(app, headers=RIGHT) as client:
        assert works(client, folder)


def test_of_two_uploads_in_the_same_instant_one_is_taken(app, folder: Path):
    """While the first still comes in there is no job by which the second would see it."""
    head = "".join(f"{name}: {value}\r\n" for name, value in RIGHT.items())
    request = f"POST {UPLOADS}?name=first.md HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 8\r\n\r\n"
    with served(app) as port, socket.create_connection(("127.0.0.1", port)) as first:
        first.sendall(request.encode() + b"# A ")
        wait_for(lambda: list((folder / JOBS_FOLDER).glob(f"*/{UPLOAD}/first.md")))
        second = loopback.post(
            f"http://127.0.0.1:{port}{UPLOADS}?name=second.md", headers=RIGHT, content=b"# B", timeout=PATIENCE
        )
        assert (second.status_code, second.json()["detail"]) == (409, BUSY)
        first.sendall(b"half")
        assert first.recv(20).split()[1] == b"202"
    assert [path.name for path in (folder / JOBS_FOLDER).glob(f"*/{UPLOAD}/*")] == ["first.md"]


def test_an_upload_that_takes_too_long_is_given_up(client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """408, and nothing stays."""

    async def endless(*_: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(uploads, "UPLOAD_SECONDS", 0.05)
        patched.setattr(uploads, "_save", endless)
        assert client.post(UPLOADS, params={"name": "x.md"}, content=b"# X").status_code == 408
    assert works(client, folder)


def test_what_a_killed_server_left_of_an_upload_goes_with_the_next_one(client: TestClient, folder: Path):
    """Once it is older than any upload lasts; one that may still be coming stays."""
    jobs = Jobs(folder / JOBS_FOLDER)
    old, fresh = jobs.prepare(), jobs.prepare()
    os.utime(old, (0, 0))
    client.post(UPLOADS, params={"name": "gulls.md"}, content=b"# Gulls")
    assert (old.exists(), fresh.exists()) == (False, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """507, by a device that takes nothing, when the bytes are written."""
    prepare = Jobs.prepare

    def onto_a_full_disk(self: Jobs) -> Path:
        made = prepare(self)
        (made / UPLOAD / "x.md").symlink_to("/dev/full")
        return made

    with monkeypatch.context() as patched:
        patched.setattr(Jobs, "prepare", onto_a_full_disk)
        refused = client.post(UPLOADS, params={"name": "x.md"}, content=b"# X" * 100_000)
    assert refused.status_code == 507
    assert refused.json()["detail"].startswith("There is no room left on this server")
    assert works(client, folder)


@pytest.mark.parametrize(
    ("number", "status"), [(errno.EROFS, 503), (errno.EACCES, 503), (errno.ENOSPC, 507), (errno.EDQUOT, 507)]
)
@pytest.mark.parametrize("step", ["prepare", "start"])
def test_an_index_that_cannot_be_written_is_one_sentence(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int, step: str
):
    """Whether the folder of the job or its note is what cannot be made."""

    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    with monkeypatch.context() as patched:
        patched.setattr(Jobs if step == "prepare" else Keeping, step, refuse)
        refused = client.post(UPLOADS, params={"name": "x.md"}, content=b"# X")
    assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
    assert refused.json()["detail"].endswith((" has to make room.", " has to give it the right to."))
    (folder / JOBS_FOLDER).mkdir(exist_ok=True)
    assert works(client, folder)


def test_feedback_that_finds_no_room_is_one_sentence(service: AnswerService, a_passage: Passage, tmp_path: Path, monkeypatch):
    """507 to a program and to a person's form, from SQLite itself; questions are answered all the while."""
    monkeypatch.setattr("bot.state.databases.sqlite_store.MOST_BYTES", 64 * 1024)
    with FeedbackFile(tmp_path) as full:
        full.fill()
    said = {"passage": a_passage.id, "verdict": "helpful"}
    with TestClient(create_app(service, HttpOptions(state=tmp_path)), raise_server_exceptions=False) as client:
        answer = client.post("/api/feedback", json=said)
        page = client.post("/feedback", data=said, headers={"Accept": "text/html"})
        assert client.get("/api/ask", params={"q": "Who can nominate?"}).status_code == 200
    assert (answer.status_code, page.status_code) == (507, 507)
    assert answer.json()["detail"].startswith("There is no room left on this server")
    assert "No room left" in page.text


class FeedbackFile:
    """The file of feedback, to be filled by hand."""

    def __init__(self, folder: Path) -> None:
        self._store = FeedbackStore(open_store(folder))

    def __enter__(self) -> "FeedbackFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def fill(self) -> None:
        """Add until it takes nothing more, not even a short row."""
        for size in (1000, 10, 1):
            try:
                for number in range(10_000):
                    self._store.add(f"{number:0{size}}", "x" * size, Verdict.HELPFUL)
            except StoreFull:
                continue
            raise AssertionError("it took ten thousand rows")

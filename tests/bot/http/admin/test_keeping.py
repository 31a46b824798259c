"""Keeping the index over the web: who may, what is refused, and a job from upload to publication."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.http.admin.keeping import JOBS_FOLDER
from bot.http.admin.pages import changes_of
from bot.http.admin.uploads import with_keeping
from bot.http.options import HttpOptions, KeepingOptions
from bot.http.templates import STATIC, Templates
from bot.http.times import as_written
from bot.state.admin_jobs import CODE, JOB_FILE, STDERR, STDOUT, Job, JobState
from index.build.history import finished_builds, live_id
from ingest.outcome import Step
from tests.conftest import Once
from tests.ingest.conftest import Workshop, write_corpus
from tests.waiting import wait_for

TOKEN = {"Authorization": "Bearer secret", "Sec-Fetch-Site": "none"}


def build(folder: Path) -> None:
    """Make a corpus with a live build."""
    Workshop(write_corpus(folder / "corpus"), folder / "builds").build()


@pytest.fixture
def workshop(once: Once, tmp_path: Path) -> Workshop:
    """A corpus with a live build; a copy, which may be changed."""
    shutil.copytree(once("bread_and_boats", build), tmp_path, dirs_exist_ok=True)
    return Workshop(tmp_path / "corpus", tmp_path / "builds")


@pytest.fixture
def client(workshop: Workshop) -> Iterator[TestClient]:
    """A client without the token."""
    app = with_keeping(FastAPI(), Templates(HttpOptions()), KeepingOptions("secret", workshop.builds, workshop.corpus, 2000))
    with TestClient(app) as opened:
        yield opened


def finished(client: TestClient, job: str) -> Any:
    """Wait until a job has ended and return it."""
    return wait_for(
        lambda: (found := client.get(f"/api/admin/jobs/{job}", headers=TOKEN).json())["state"] != "running" and found
    )


def held_job(workshop: Workshop) -> tuple[str, str]:
    """Leave behind what an upload leaves that waits for a person; returns the ids of job and build."""
    (workshop.corpus / "documents" / "gulls.md").write_text("# Gulls\n\nThe gulls nest on the roof of the chapel.\n")
    with (workshop.corpus / "catalogue.toml").open("a") as file:
        file.write('\n[[document]]\nid = "gulls"\ntitle = "Gulls"\nkind = "original"\nfile = "documents/gulls.md"\n')
    outcome = workshop.build(Step.HOLD)
    folder = workshop.builds / JOBS_FOLDER / "20260101T000000-abcdef"
    folder.mkdir(parents=True)
    (folder / JOB_FILE).write_text(json.dumps({"what": "add", "name": "gulls.md", "begun": "2026-01-01", "commands": []}))
    (folder / STDOUT).write_text(json.dumps({"added": "gulls", **outcome.json()}))
    (folder / STDERR).write_text("")
    (folder / CODE).write_text("0")
    return folder.name, outcome.build


def test_without_a_token_set_nothing_of_it_exists(workshop):
    """Off unless an operator turns it on."""
    app = FastAPI()
    assert with_keeping(app, Templates(HttpOptions()), KeepingOptions("", workshop.builds, workshop.corpus)) is app
    with TestClient(app) as client:
        assert client.get("/api/admin/builds").status_code == 404


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/admin/index"),
        ("GET", "/admin/index/publish/x"),
        ("GET", "/admin/index/rollback/x"),
        ("GET", "/api/admin/jobs"),
        ("GET", "/api/admin/builds"),
        ("POST", "/api/admin/documents?name=x.md"),
        ("POST", "/api/admin/jobs/x/publish"),
        ("POST", "/api/admin/builds/x/rollback"),
    ],
)
def test_the_token_is_needed(client, method, address):
    """None and a wrong one are refused alike."""
    assert client.request(method, address).status_code == 401
    assert client.request(method, address, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_another_site_cannot_use_a_browser_that_knows_the_token(client):
    """What a foreign page makes a browser send is refused."""
    headers = TOKEN | {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/admin/documents?name=x.md", headers=headers, content=b"# X").status_code == 403


def test_a_file_that_is_too_long_is_refused_before_and_while_it_comes(client, workshop):
    """By its announced length, and by what really comes; nothing of it stays."""

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"x" * 1000

    announced = client.post("/api/admin/documents?name=x.md", headers=TOKEN | {"Content-Length": str(2 * 2**30)}, content=b"x")
    assert announced.status_code == 413
    assert client.post("/api/admin/documents?name=x.md", headers=TOKEN, content=endless()).status_code == 413
    assert list((workshop.builds / JOBS_FOLDER).glob("*")) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "noending", "..", "/"])
def test_a_name_without_an_ending_is_refused(client, name):
    """Folders in a name lead nowhere."""
    assert client.post("/api/admin/documents", params={"name": name}, headers=TOKEN, content=b"x").status_code == 422


def test_a_program_is_refused_by_the_job_and_nothing_changes(client, workshop):
    """The whole way through a process of its own."""
    content = b"MZ\x90\x00" + bytes(range(256)) * 4
    answer = client.post("/api/admin/documents", params={"name": "../setup.exe"}, headers=TOKEN, content=content)
    assert answer.status_code == 202
    job = finished(client, answer.json()["id"])
    assert (job["state"], job["code"], job["name"]) == ("done", 2, "setup.exe")
    assert "Nothing was changed" in job["printed"][0]["error"]
    assert "setup" not in "".join(path.name for path in workshop.corpus.rglob("*"))


def test_a_build_that_waits_is_shown_and_published(client, workshop):
    """The page shows the report and the gate's diff; the button asks first with what changes, and the next one publishes."""
    job, build = held_job(workshop)
    page = client.get("/admin/index", headers=TOKEN).text
    assert "0 of 2 answers change" in page
    assert f"/admin/index/publish/{job}" in page
    assert f"/api/admin/jobs/{job}/publish" not in page
    asked = client.get(f"/admin/index/publish/{job}", headers=TOKEN)
    assert "Publish gulls.md?" in asked.text
    assert re.search(r"<p>\d+ documents? read; 0 of 2 answers change\. From then on", asked.text)
    assert f'action="/api/admin/jobs/{job}/publish"><button>Publish</button>' in asked.text
    assert asked.headers["cache-control"] == "no-store"
    assert client.post("/api/admin/documents?name=x.md", headers=TOKEN, content=b"# X").status_code == 409
    started = client.post(f"/api/admin/jobs/{job}/publish", headers=TOKEN).json()
    assert finished(client, started["id"])["code"] == 0
    assert live_id(workshop.builds) == build
    assert f"/admin/index/publish/{job}" not in client.get("/admin/index", headers=TOKEN).text
    assert client.post(f"/api/admin/jobs/{job}/publish", headers=TOKEN).status_code == 409
    assert client.get(f"/admin/index/publish/{job}", headers=TOKEN).status_code == 409


def test_a_build_that_waits_is_discarded_with_its_document(client, workshop):
    """Corpus and live build are as before the upload."""
    before = live_id(workshop.builds)
    job, _ = held_job(workshop)
    started = client.post(f"/api/admin/jobs/{job}/discard", headers=TOKEN).json()
    assert finished(client, started["id"])["code"] == 0
    assert finished_builds(workshop.builds) == [before]
    assert 'id = "gulls"' not in (workshop.corpus / "catalogue.toml").read_text()


def test_an_interrupted_job_goes_on_with_the_command_that_had_not_ended(client, workshop):
    """What its first command did is not done again, and half an object that the second had printed goes."""
    first = live_id(workshop.builds)
    job, held = held_job(workshop)
    folder = workshop.builds / JOBS_FOLDER / job
    note = json.loads((folder / JOB_FILE).read_text())
    commands = [["add", "not there any more"], ["builds", "--json", "--index", str(workshop.builds)]]
    (folder / JOB_FILE).write_text(json.dumps(note | {"commands": commands}))
    (folder / STDOUT).write_text('{\n  "added": "gulls"\n}\n{\n  "builds": [')
    (folder / CODE).unlink()
    assert f"/api/admin/jobs/{job}/resume" in client.get("/admin/index", headers=TOKEN).text
    assert client.post("/api/admin/documents?name=x.md", headers=TOKEN, content=b"# X").status_code == 409
    assert client.post(f"/api/admin/jobs/{job}/resume", headers=TOKEN).status_code == 202
    gone_on = finished(client, job)
    assert (gone_on["code"], gone_on["printed"][0]) == (0, {"added": "gulls"})
    assert [one["build"] for one in gone_on["printed"][1]["builds"]] == [held, first]
    assert client.post(f"/api/admin/jobs/{job}/resume", headers=TOKEN).status_code == 409


def test_a_rollback_over_the_web(client, workshop):
    """To a build that was live, to none that waits, and to none that is not there."""
    first = live_id(workshop.builds)
    _, held = held_job(workshop)
    assert client.post(f"/api/admin/builds/{held}/rollback", headers=TOKEN).status_code == 409
    assert "Make live" not in client.get("/admin/index", headers=TOKEN).text
    workshop.build(Step.ACCEPT)
    assert f'href="/admin/index/rollback/{first}">Make live' in client.get("/admin/index", headers=TOKEN).text
    asked = client.get(f"/admin/index/rollback/{first}", headers=TOKEN).text
    assert re.search(r"It holds \d+ documents; the live one, made on \d+ \w+ \d{4} at \d\d:\d\d UTC, holds \d+\.", asked)
    assert f'action="/api/admin/builds/{first}/rollback"><button>Make live</button>' in asked
    assert client.get("/admin/index/rollback/nothing", headers=TOKEN).status_code == 404
    assert client.post("/api/admin/builds/nothing/rollback", headers=TOKEN).status_code == 404
    started = client.post(f"/api/admin/builds/{first}/rollback", headers=TOKEN).json()
    assert finished(client, started["id"])["code"] == 0
    assert live_id(workshop.builds) == first


def test_a_job_whose_process_is_gone_says_so(client, workshop):
    """After a power cut no job runs for ever."""
    job, _ = held_job(workshop)
    folder = workshop.builds / JOBS_FOLDER / job
    (folder / CODE).unlink()
    assert client.get(f"/api/admin/jobs/{job}", headers=TOKEN).json()["state"] == "interrupted"
    shutil.rmtree(folder)
    assert client.get(f"/api/admin/jobs/{job}", headers=TOKEN).status_code == 404


def test_people_read_words_and_times_and_no_ids(client, workshop):
    """What a build is called is when it was made; the two pages of the operator lead to each other."""
    _, build = held_job(workshop)
    page = client.get("/admin/index", headers=TOKEN).text
    read = re.sub(r"<[^>]*>", "", page)
    assert build not in read
    assert str(live_id(workshop.builds)) not in read
    assert "1 January 2026: done." in read
    assert re.search(r"It waits in the index of \d+ \w+ \d{4} at \d\d:\d\d UTC\.", read)
    assert '<a href="/admin">Reports</a>' in page


def test_no_script_of_the_pages_interrupts_with_a_box():
    """What a script says stands in the page."""
    scripts = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
    assert [name for name, text in scripts.items() if re.search(r"\b(?:alert|confirm|prompt)\(", text)] == []


def answered_by(gate: dict[str, int] | None, new: int) -> Job:
    """A job whose build read ``new`` documents."""
    documents = [{"id": str(number), "new": number < new} for number in range(5)]
    return Job("x", "add", "x.md", "2026-01-01", JobState.DONE, 0, ({"documents": documents, "gate": gate},), "")


@pytest.mark.parametrize(
    ("gate", "new", "told"),
    [
        (
            {"questions": 471, "improved": 20, "worsened": 4, "changed": 6},
            3,
            "3 documents read; 30 of 471 answers change: 20 improve, 4 worsen, 6 are others",
        ),
        ({"questions": 2, "improved": 0, "worsened": 0, "changed": 0}, 1, "1 document read; 0 of 2 answers change"),
        (None, 1, "1 document read; no answers were compared, because there are no golden questions"),
    ],
)
def test_what_a_build_changes_is_said_in_a_sentence(gate, new, told):
    """Before somebody publishes it."""
    assert changes_of(answered_by(gate, new)) == told


@pytest.mark.parametrize(
    ("iso", "written"),
    [
        ("2026-11-30T12:36:05+00:00", "30 November 2026 at 12:36 UTC"),
        ("2026-11-30T12:36:05+02:00", "30 November 2026 at 10:36 UTC"),
        ("2026-01-05", "5 January 2026"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_times_are_written_as_people_write_them(iso, written):
    """In the time of the server's log."""
    assert as_written(iso) == written

"""Two machines that share a PostgreSQL: one limit for a client, one end of a session, one upload at a time."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.http.admin.keeping import JOBS_FOLDER
from bot.http.admin.uploads import with_keeping
from bot.http.app import create_app
from bot.http.options import HttpOptions, KeepingOptions, Rate
from bot.http.templates import Templates
from bot.settings import Place
from bot.state.admin_jobs import Jobs
from tests.waiting import wait_for

TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  # of this test
RIGHT = {"Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": "none"}
QUESTION = {"q": "Who can nominate?"}


@dataclass
class Machine:
    """One of the two."""

    client: TestClient
    builds: Path


@pytest.fixture
def machines(
    service: AnswerService, postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Machine, Machine]]:
    """Both serve the same build, each with folders of its own; jobs are noted and go on for ever."""
    monkeypatch.setattr(Jobs, "_run", lambda self, where, note, done: _noted(self, where, note))
    place = SecretStr(postgres.new_database())
    with ExitStack() as stack:
        made = []
        for name in ("alpha", "beta"):
            monkeypatch.setattr(socket, "gethostname", lambda name=name: name)
            made.append(_machine(service, place, tmp_path / name, stack))
        yield made[0], made[1]


def _machine(service: AnswerService, place: Place, folder: Path, stack: ExitStack) -> Machine:
    (folder / "builds").mkdir(parents=True)
    options = HttpOptions(state=place, admin_token=TOKEN, asking=Rate(10, 60.0))
    keeping = KeepingOptions(TOKEN, folder / "builds", folder / "corpus", state=place)
    app = with_keeping(create_app(service, options), Templates(options), keeping)
    return Machine(stack.enter_context(TestClient(app, raise_server_exceptions=False)), folder / "builds")


def _noted(jobs: Jobs, where: Path, note: dict[str, Any]):
    (where / "job.json").write_text(json.dumps(note))
    return jobs.get(where.name)  # without a code: it was interrupted


def test_a_client_has_one_limit_on_both(machines: tuple[Machine, Machine]):
    """Ten questions a minute: who asks one machine ten is known to the other a moment after it asks there."""
    alpha, beta = (machine.client for machine in machines)
    assert [alpha.get("/api/ask", params=QUESTION).status_code for _ in range(8)] == [200] * 8
    answered: list[int] = []

    def refused() -> bool:
        answered.append(beta.get("/api/ask", params=QUESTION).status_code)
        return answered[-1] == 429

    wait_for(refused, every=0.3)
    assert len(answered) < 10  # which it would answer, knew it only what was asked of itself


def test_a_session_that_was_ended_on_one_opens_nothing_on_the_other(machines: tuple[Machine, Machine]):
    """And one that was begun on one holds on the other."""
    alpha, beta = (machine.client for machine in machines)
    own = {"Origin": "http://testserver"}
    alpha.post("/admin/login", data={"token": TOKEN}, headers=own)
    copy = {"Cookie": f"localism_session={alpha.cookies['localism_session']}"}
    assert beta.get("/admin", headers=copy).status_code == 200
    assert alpha.post("/admin/logout", headers=own, follow_redirects=False).status_code == 303
    assert beta.get("/admin", headers=copy).status_code == 401


def test_a_job_of_one_machine_is_seen_on_the_other_and_acted_on_where_it_lies(machines: tuple[Machine, Machine]):
    """Meanwhile the other takes nothing in."""
    alpha, beta = (machine.client for machine in machines)
    taken = alpha.post("/api/admin/documents", params={"name": "gulls.md"}, content=b"# Gulls", headers=RIGHT)
    assert taken.status_code == 202
    (seen,) = beta.get("/api/admin/jobs", headers=RIGHT).json()["jobs"]
    assert (seen["machine"], seen["id"], seen["name"], seen["state"]) == (
        "alpha",
        taken.json()["id"],
        "gulls.md",
        "interrupted",
    )
    assert "alpha: add <bdi>gulls.md</bdi>" in beta.get("/admin/index", headers=RIGHT).text
    second = beta.post("/api/admin/documents", params={"name": "terns.md"}, content=b"# Terns", headers=RIGHT)
    assert second.status_code == 409
    assert list((machines[1].builds / JOBS_FOLDER).glob("*/")) == []
    refused = beta.post(f"/api/admin/jobs/{seen['id']}/resume", headers=RIGHT)
    assert (refused.status_code, "lies on the machine alpha" in refused.json()["detail"]) == (409, True)


def test_two_machines_do_not_begin_at_the_same_moment(machines: tuple[Machine, Machine]):
    """While one takes a file in, the other is refused, though it sees no job yet."""
    alpha, beta = machines

    def slowly() -> Iterator[bytes]:
        yield b"# Gulls\n"
        refused = beta.client.post("/api/admin/documents", params={"name": "terns.md"}, content=b"# Terns", headers=RIGHT)
        assert refused.status_code == 409
        yield b"\nThey nest.\n"

    taken = alpha.client.post("/api/admin/documents", params={"name": "gulls.md"}, content=slowly(), headers=RIGHT)
    assert taken.status_code == 202

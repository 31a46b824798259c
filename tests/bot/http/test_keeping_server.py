"""The admin routes of a running server, with the real model: from an upload to publication, over a crash of the server."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from index.build.history import finished_builds, live_id
from tests import loopback
from tests.conftest import LIGHT_SET_UP, ROOT
from tests.waiting import free_port, wait_for

pytestmark = pytest.mark.model
TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  # of this test
GULLS = "# Gulls\n\n## Where do the gulls nest?\n\nThe gulls nest on the roof of the chapel, above the old bell.\n"
TERNS = "# Terns\n\nThe terns fly to Africa in the last week of July, and the harbour is quiet.\n"


@dataclass
class Served:
    """A corpus, its builds, and the server over them, which can be killed and started again."""

    corpus: Path
    builds: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server as an operator does, and wait until it answers."""
        command = [sys.executable, "-m", "bot", "serve", "--index", str(self.builds), "--port", str(self.port)]
        environment = {"LOCALISM_ADMIN_TOKEN": TOKEN, "LOCALISM_CORPUS": str(self.corpus), "LOCALISM_OCR": "false"}
        self.process = process = subprocess.Popen(command, cwd=ROOT, env=environment | LIGHT_SET_UP, stderr=subprocess.DEVNULL)
        wait_for(lambda: process.poll() is not None or self._lives())

    def kill(self) -> None:
        """End the server as a power cut does."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def ask(self, method: str, address: str, **rest: Any) -> Any:
        """Ask as somebody who knows the token."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": "none"}
        answer = loopback.request(method, f"http://127.0.0.1:{self.port}{address}", headers=headers, timeout=30, **rest)
        answer.raise_for_status()
        return answer.json()

    def upload(self, name: str, text: str) -> str:
        """Upload a document and return the id of its job."""
        asked = {"name": name, "title": Path(name).stem.title()}
        return str(self.ask("POST", "/api/admin/documents", params=asked, content=text.encode())["id"])

    def finished(self, job: str) -> Any:
        """Wait until a job has ended and return it."""
        return wait_for(
            lambda: (found := self.ask("GET", f"/api/admin/jobs/{job}"))["state"] != "running" and found, every=0.1
        )

    def answer(self, question: str) -> Any:
        """Return the answer to a question."""
        return self.ask("GET", "/api/ask", params={"q": question})

    def _lives(self) -> bool:
        try:
            return loopback.get(f"http://127.0.0.1:{self.port}/livez", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False


@pytest.fixture
def served(tmp_path: Path, small_corpus: Path, real_index: Path) -> Iterator[Served]:
    """The small corpus, served."""
    shutil.copytree(small_corpus, tmp_path / "corpus")
    shutil.copytree(real_index, tmp_path / "builds")
    made = Served(tmp_path / "corpus", tmp_path / "builds", free_port())
    made.start()
    yield made
    made.kill()


def test_an_upload_survives_a_crash_of_the_server_and_is_published_or_discarded(served):
    """A document is uploaded, looked at and published; another is uploaded, looked at and discarded; the server is never told."""
    first = live_id(served.builds)
    job = served.upload("gulls.md", GULLS)
    served.kill()
    served.start()
    held = served.finished(job)
    assert (held["code"], held["printed"][1]["state"], held["document"]) == (0, "held", "gulls")
    assert held["printed"][1]["gate"]["old"] == first
    question = "Where do the gulls nest?"
    assert served.answer(question)["build"] == first

    published = served.ask("POST", f"/api/admin/jobs/{job}/publish")
    assert served.finished(published["id"])["code"] == 0
    answer = wait_for(lambda: (found := served.answer(question))["build"] == held["build"] and found)
    assert "on the roof of the chapel" in str(answer)

    other = served.finished(served.upload("terns.md", TERNS))
    assert other["printed"][1]["state"] == "held"
    discarded = served.ask("POST", f"/api/admin/jobs/{other['id']}/discard")
    assert served.finished(discarded["id"])["code"] == 0
    assert (live_id(served.builds), other["build"] in finished_builds(served.builds)) == (held["build"], False)
    assert "terns" not in (served.corpus / "catalogue.toml").read_text()
    assert served.answer(question)["build"] == held["build"]

"""Jobs that change the index: each a folder on disk and a process of its own, so that a restart of the server loses none.

Comes in: command lines of ``localism-ingest``. Goes out: a job that can be looked at. Refuses to import ingestion: it is started, and
what it prints is kept. The process of a job is this module too, ``python -m bot.state.admin_jobs JOB DONE``: it runs the commands that
have not ended before, one after the other, and writes the exit code last.

jobs/<id>/job.json      what was asked for
jobs/<id>/alive         locked for as long as the job's process runs
jobs/<id>/stdout        what the commands printed: one JSON object each
jobs/<id>/stderr        what they said to people
jobs/<id>/code          the exit code, written last
"""

import fcntl
import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from index.build.layout import replace_text
from index.installation import full_name

JOB_FILE, ALIVE, STDOUT, STDERR, CODE = "job.json", "alive", "stdout", "stderr", "code"
UPLOAD = "upload"
WENT_WELL = {0, 1, 3}  # done · done, and something could not be read · done, and not published
MOST_TEXT = 20_000  # characters of what a command said to people


class JobState(Enum):
    """How far a job is."""

    RUNNING = "running"
    DONE = "done"
    INTERRUPTED = "interrupted"  # its process is gone and left no exit code


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands on disk."""

    id: str
    what: str  # "add", "publish", "discard", "rollback"
    name: str  # of the uploaded file, or of the build
    begun: str  # ISO 8601, UTC
    state: JobState
    code: int | None  # exit code of the first command that failed, else of the last
    printed: tuple[dict[str, Any], ...]  # the JSON object of each command
    said: str  # to people

    @property
    def build(self) -> str:
        """The id of the build that it finished, empty where it finished none."""
        return next((str(one["build"]) for one in self.printed if "build" in one), "")

    @property
    def document(self) -> str:
        """The id that the uploaded document got, empty where it got none."""
        return next((str(one["added"]) for one in self.printed if "added" in one), "")

    def json(self) -> dict[str, Any]:
        """Return the job as a JSON object."""
        return {
            "id": self.id,
            "what": self.what,
            "name": self.name,
            "begun": self.begun,
            "state": self.state.value,
            "code": self.code,
            "build": self.build,
            "document": self.document,
            "printed": list(self.printed),
            "said": self.said,
        }


class Jobs:
    """The jobs of one folder."""

    def __init__(self, folder: Path) -> None:
        """Keep jobs in ``folder``."""
        self._folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}  # those that this server started

    def prepare(self) -> Path:
        """Make the folder of a new job, for a file that is to be uploaded into it; nothing runs yet."""
        folder = self._folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        (folder / UPLOAD).mkdir(parents=True)
        return folder

    def sweep(self, older_than: float) -> None:
        """Remove uploads that never became a job, begun ``older_than`` seconds ago or more: a server was killed meanwhile."""
        for folder in self._folder.glob("*/"):
            if not (folder / JOB_FILE).exists() and folder.stat().st_mtime < time.time() - older_than:
                shutil.rmtree(folder, ignore_errors=True)

    def start(self, folder: Path, what: str, name: str, commands: Sequence[Sequence[str]]) -> Job:
        """Run ``commands`` (arguments of localism-ingest) one after the other until one fails, and return the job at once."""
        begun = datetime.now(UTC).isoformat(timespec="seconds")
        note = {"what": what, "name": name, "begun": begun, "commands": [list(command) for command in commands]}
        return self._run(folder, note, 0)

    def resume(self, job: str) -> Job:
        """Run the commands of an interrupted job that had not ended, and return the job at once.

        Raises:
            KeyError: there is none of that id.
            ValueError: it was not interrupted.
        """
        found, folder = self.get(job), self._folder / job
        if found.state is not JobState.INTERRUPTED:
            raise ValueError(f"job {job} was not interrupted")
        # What the interrupted command had printed of its object goes.
        whole = "".join(json.dumps(one) + "\n" for one in found.printed)
        (folder / STDOUT).write_text(whole, encoding="utf-8")
        return self._run(folder, json.loads((folder / JOB_FILE).read_text(encoding="utf-8")), len(found.printed))

    def _run(self, folder: Path, note: dict[str, Any], done: int) -> Job:
        """Run the commands of a job but for the first ``done``."""
        replace_text(folder / JOB_FILE, json.dumps(note))
        with (folder / ALIVE).open("wb") as alive, (folder / STDOUT).open("ab") as out, (folder / STDERR).open("ab") as err:
            # The process inherits the lock, and the system frees it however the process ends: unlike its number, which a later one
            # may bear, this tells for certain whether it runs.
            fcntl.flock(alive, fcntl.LOCK_EX)
            # A session of its own: a signal to the server does not reach it.
            self._processes[folder.name] = subprocess.Popen(  # noqa: S603  # our own program, every argument stands by itself
                [sys.executable, "-m", full_name("bot.state.admin_jobs"), str(folder.resolve()), str(done)],
                stdout=out,
                stderr=err,
                start_new_session=True,
                pass_fds=[alive.fileno()],
            )
        return self.get(folder.name)

    def get(self, job: str) -> Job:
        """Return a job.

        Raises:
            KeyError: there is none of that id.
        """
        folder = self._folder / job
        if Path(job).name != job or not (folder / JOB_FILE).is_file():
            raise KeyError(job)
        note = json.loads((folder / JOB_FILE).read_text(encoding="utf-8"))
        runs = _is_locked(folder / ALIVE)  # looked at first: the code is there before the process ends
        code = int((folder / CODE).read_text()) if (folder / CODE).is_file() else None
        if (code is not None or not runs) and job in self._processes:
            self._processes.pop(job).wait()  # which it has ended by now, or does at once: the code is the last that it writes
        state = JobState.DONE if code is not None else JobState.RUNNING if runs else JobState.INTERRUPTED
        said = (
            (folder / STDERR).read_text(encoding="utf-8", errors="replace")[-MOST_TEXT:] if (folder / STDERR).is_file() else ""
        )
        return Job(job, note["what"], note["name"], note["begun"], state, code, _printed(folder), said)

    def all(self) -> list[Job]:
        """Return all jobs, the newest first."""
        return [self.get(path.parent.name) for path in sorted(self._folder.glob(f"*/{JOB_FILE}"), reverse=True)]


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _printed(folder: Path) -> tuple[dict[str, Any], ...]:
    if not (folder / STDOUT).is_file():
        return ()
    text, printed, decoder = (folder / STDOUT).read_text(encoding="utf-8").strip(), [], json.JSONDecoder()
    while text:
        try:
            found, end = decoder.raw_decode(text)
        except ValueError:
            break  # a command is printing at this moment
        printed.append(found)
        text = text[end:].strip()
    return tuple(printed)


def main() -> int:
    """Run the job."""
    folder, done_before = Path(sys.argv[1]), int(sys.argv[2])
    code = 0
    for command in json.loads((folder / JOB_FILE).read_text(encoding="utf-8"))["commands"][done_before:]:
        done = subprocess.run([sys.executable, "-m", full_name("ingest"), *command], check=False)  # noqa: S603  # our own program
        code = done.returncode
        if code not in WENT_WELL:
            break
    replace_text(folder / CODE, str(code))
    return code


if __name__ == "__main__":
    sys.exit(main())

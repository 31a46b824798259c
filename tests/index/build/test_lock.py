"""One run at a time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.build.lock import LOCK_FILE, builds_lock
from index.errors import IndexLocked

HOLDER = """
import sys
from pathlib import Path
from index.build.lock import builds_lock
with builds_lock(Path(sys.argv[1]), "localism-ingest build"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_holds_it(tmp_path, holder):
    """The sentence names the work and the process."""
    with (
        pytest.raises(IndexLocked, match=rf"“localism-ingest build” \(process {holder.pid} on "),
        builds_lock(tmp_path, "prune"),
    ):
        pass


def test_a_killed_holder_frees_it(tmp_path, holder):
    """The system frees the lock, however the process ends."""
    holder.kill()
    holder.wait()
    with builds_lock(tmp_path, "prune"):
        assert json.loads((tmp_path / LOCK_FILE).read_text())["work"] == "prune"


def test_who_waits_gets_it_when_it_is_free(tmp_path, holder):
    """--wait SECONDS."""
    with pytest.raises(IndexLocked), builds_lock(tmp_path, "prune", wait_seconds=0.3):
        pass
    holder.stdin.close()
    with builds_lock(tmp_path, "prune", wait_seconds=10):
        pass


def test_a_folder_that_is_not_there_is_made(tmp_path):
    """The first ingestion of all locks too."""
    with builds_lock(Path(tmp_path / "new"), "build"):
        assert (tmp_path / "new" / LOCK_FILE).is_file()

"""One at a time begins a job, whichever process it is in, and a process that is killed stands in nobody's way."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.state.job_board import Claimed, claim

HOLD = """
import sys
from pathlib import Path
from bot.state.job_board import claim
with claim(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_another_process_claims_is_free_when_it_is_killed(tmp_path: Path):
    """The folder is made where there is none, and stays empty."""
    folder = tmp_path / "builds" / ".jobs"
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Claimed), claim(folder):
            pass
        other.kill()
    with claim(folder):
        assert list(folder.iterdir()) == []


def test_a_claim_ends_with_what_was_done_under_it(tmp_path: Path):
    """Also where that went wrong; and within one process there is one claim too."""

    def fail_under_claim() -> None:
        with claim(tmp_path):
            with pytest.raises(Claimed), claim(tmp_path):
                pass
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail_under_claim()

"""What an operator measures a cluster with works against what a Qdrant searches with, over HTTP."""

import re
import subprocess
import sys
from pathlib import Path

from qdrant_client import QdrantClient

from tests.qdrant_server import running_core

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_qdrant_is_measured_and_nothing_stays_there(small_build):
    """Every question has the answer of the files, none fails with one reader or two, and what was written is removed."""
    with running_core() as address:
        command = [sys.executable, "-m", "benchmarks.cluster", "--qdrant", address, "--index", str(small_build)]
        done = subprocess.run(
            [*command, "--seconds", "0.5", "--readers", "2"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        same = re.search(r"Same first passage and verdict as the files: (\d+) of (\d+)", done.stdout)
        assert same
        assert same[1] == same[2]
        failed = {
            row.split("|")[1].strip(): row.split("|")[3].strip() for row in done.stdout.splitlines() if row.startswith("| ")
        }
        assert failed == {"readers": "failed", "1": "0", "2": "0"}
        assert "Removed again." in done.stdout
        left = [one.name for one in QdrantClient(address, check_compatibility=False).get_collections().collections]
        assert left == ["localism_builds"]

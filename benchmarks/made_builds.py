"""Make a build of a corpus for a benchmark, with the reader that LOCALISM_MODEL names.

Comes in: folders. Goes out: the opened build. Refuses to build where one is there already.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from index.build.reader import Build, open_live_build

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
LISTS = {
    "paraphrases": "paraphrases",
    "signposts": "signposts.toml",
}  # that are written by hand, by where they stand in a corpus


def made_build(corpus: Path, builds: Path) -> Build:
    """Return the live build in ``builds``, made of ``corpus`` where there is none; what ingestion says of a failure ends the run."""
    if not builds.is_dir():
        command = [sys.executable, "-m", "ingest", "build", "--corpus", str(corpus), "--index", str(builds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
        if not builds.is_dir():
            raise SystemExit(done.stderr)
    return open_live_build(builds)


def corpus_without(lists: Collection[str], folder: Path) -> Path:
    """Copy the corpus that is shipped into ``folder`` without the ``lists`` named, keys of ``LISTS``; returns where it lies."""
    kept = shutil.copytree(CORPUS, folder / "corpus")
    for name in lists:
        place = kept / LISTS[name]
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.write_text("", encoding="utf-8")
    return kept

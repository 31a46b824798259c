"""Which builds there are, and which one is live.

Comes in: the folder of all builds. Goes out: a switched pointer, or folders removed. Refuses to look inside a build.
"""

import shutil
from pathlib import Path

from index.errors import DamagedBuild
from index.layout import MANIFEST_FILE, POINTER, UNFINISHED, point_to
from index.verification import verify_build


def publish(builds: Path, build: str) -> None:
    """Verify the finished build ``build`` and make it the live one.

    Raises:
        DamagedBuild: it does not verify; the live build stays.
    """
    problems = verify_build(builds / build)
    if problems:
        raise DamagedBuild(f"Build {build} was not published: {'; '.join(problems[:3])}. The live build stays as it is.")
    point_to(builds, build)


def sweep_unfinished(builds: Path) -> list[str]:
    """Remove what an interrupted run left behind; returns the names removed."""
    left = sorted(path for path in builds.glob(f"{UNFINISHED}*") if path.is_dir())
    for folder in left:
        shutil.rmtree(folder)
    return [folder.name for folder in left]


def finished_builds(builds: Path) -> list[str]:
    """Return the ids of all finished builds, oldest first."""
    return sorted(path.parent.name for path in builds.glob(f"*/{MANIFEST_FILE}") if not path.parent.name.startswith("."))


def set_aside_old_builds(builds: Path, keep: int) -> list[str]:
    """Remove the oldest builds beyond the ``keep`` newest, never the live one; returns the ids removed."""
    live = (builds / POINTER).read_text(encoding="utf-8").strip()
    old = [build for build in finished_builds(builds)[:-keep] if build != live]
    for build in old:
        # Renamed first: a build that is half deleted must never look finished.
        doomed = builds / f"{UNFINISHED}{build}"
        (builds / build).rename(doomed)
        shutil.rmtree(doomed)
    return old

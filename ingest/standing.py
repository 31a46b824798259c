"""What stands in the folder of builds already, and what to say where the disk takes no more.

Comes in: the folder of the builds. Goes out: the build that was made from the same before, if there is one. Refuses to make any.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.build.history import finished_builds
from index.build.manifest import Manifest
from index.errors import BuildError, NotWritten


def made_from(builds: Path, build: str, shard: str = "") -> str:
    """Return the digest of what ``build`` was made from; empty where it is another ``shard``, or not all there any more."""
    try:
        manifest = Manifest.open(builds / build)
    except BuildError:
        return ""
    as_wanted = manifest.shard == shard
    return manifest.corpus_digest if as_wanted and all((builds / build / name).is_file() for name in manifest.files) else ""


def standing_build(builds: Path, digest: str, shard: str = "") -> str | None:
    """Return the newest finished build of the same corpus or ``shard`` of it: a run may have stopped before the switch."""
    return next((build for build in reversed(finished_builds(builds)) if made_from(builds, build, shard) == digest), None)


@contextmanager
def disk_faults() -> Iterator[None]:
    """Say in a sentence what the disk did not take."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NotWritten(
            f"The build could not be written: {reason}. The live build is as it was; make room and run again."
        ) from error

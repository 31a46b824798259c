"""Which builds there are, which one is live, and how that changes.

Comes in: the folder of all builds. Goes out: a switched pointer, or folders removed. Refuses to look inside a build. Whoever calls
what changes anything holds the lock (index.build.lock).
"""

import re
import shutil
from pathlib import Path

from index.build.hold_reason import HoldReason, note_hold_reason, note_lived, once_live, read_hold_reasons, waiting_builds
from index.build.layout import MANIFEST_FILE, SHARDS_FILE, UNFINISHED, live_build, point_to, replace_text, sync_folder
from index.build.manifest import check_whole, shard_of
from index.errors import DamagedBuild, NoBuild, UnknownBuild

_BUILD_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


def publish(builds: Path, build: str) -> None:
    """Verify the finished build ``build`` and make it the live one.

    Raises:
        DamagedBuild: it does not verify; the live build stays.
        NotWhole: it is a shard of a corpus; the live build stays.
    """
    _switch(builds, build, None)


def roll_back(builds: Path, build: str | None = None) -> tuple[str, str]:
    """Make a build live again that was live before: ``build``, or the last one before the live build; returns (before, after).

    The build that was live is noted as rolled back, so that the next ingestion of an unchanged corpus lets it rest.

    Raises:
        UnknownBuild: there is no such build, or it was never live.
        DamagedBuild: it does not verify; the live build stays.
    """
    live = live_id(builds)
    target = build or _live_before(builds, live)
    check_known(builds, target)
    check_whole(builds / target)
    if target == live:
        raise UnknownBuild(f"Build {target} is the live one already; nothing was changed.")
    _check_was_live(builds, target)
    _switch(builds, target, HoldReason.ROLLED_BACK)
    return live or "", target


def _switch(builds: Path, build: str, leaving: HoldReason | None) -> None:
    # What opens a build takes longer to import than a run with nothing to do takes.
    from index.build.verification import verify_build

    check_whole(builds / build)
    problems = verify_build(builds / build)
    if problems:
        raise DamagedBuild(f"Build {build} was not published: {'; '.join(problems[:3])}. The live build stays as it is.")
    live = live_id(builds)
    if live is not None and live != build:
        # Noted before the switch: after a power cut between the two, a build that was live must still be one to go back to.
        note_lived(builds, live)
        note_hold_reason(builds, live, leaving)
    point_to(builds, build)
    note_hold_reason(builds, build, None)


def live_id(builds: Path) -> str | None:
    """Return the id of the live build, None where there is none."""
    try:
        return live_build(builds).name
    except NoBuild:
        return None


def sweep_unfinished(builds: Path) -> list[str]:
    """Remove what an interrupted run left behind; returns the names removed."""
    left = sorted(path for path in builds.glob(f"{UNFINISHED}*") if path.is_dir())
    for folder in left:
        shutil.rmtree(folder)
    return [folder.name for folder in left]


def finished_builds(builds: Path) -> list[str]:
    """Return the ids of all finished builds, oldest first."""
    # Only names that a writer gives: a copy that a person put there is neither listed nor ever removed.
    return sorted(path.parent.name for path in builds.glob(f"*/{MANIFEST_FILE}") if _BUILD_NAME.fullmatch(path.parent.name))


def shards_in(builds: Path) -> dict[str, str]:
    """Return the finished builds that hold a shard of the corpus only, oldest first, each with which one: "2/3"."""
    return {build: shard for build in finished_builds(builds) if (shard := shard_of(builds / build))}


def list_shards(builds: Path) -> None:
    """Write down which shards there are: a web server that shows ``builds`` lists no folder."""
    shards = shards_in(builds)
    if shards or (builds / SHARDS_FILE).exists():
        replace_text(builds / SHARDS_FILE, "".join(f"{build}\n" for build in shards))


def prune(builds: Path, keep: int) -> list[str]:
    """Remove the oldest builds beyond the ``keep`` newest, never the live one, one that waits for a person, nor a shard.

    Returns the ids removed.
    """
    live = live_build(builds).name
    kept = {live, *waiting_builds(builds), *shards_in(builds)}
    others = [build for build in finished_builds(builds) if build not in kept]
    old = others[: max(0, len(others) - (keep - 1))]
    for build in old:
        remove_build(builds, build)
    return old


def check_known(builds: Path, build: str) -> None:
    """Raise UnknownBuild, naming those there are, where no finished build is called ``build``."""
    known = finished_builds(builds)
    if build not in known:
        raise UnknownBuild(f"There is no build {build[:60]!r}. The builds are: {', '.join(known) or 'none yet'}.")


def remove_build(builds: Path, build: str) -> None:
    """Remove a finished build that is not live.

    Raises:
        UnknownBuild: there is no such build, or it is the live one.
    """
    check_known(builds, build)
    if build == live_id(builds):
        raise UnknownBuild(f"Build {build} is live and is not removed. Make another one live first: localism-ingest rollback")
    # Renamed first: a build that is half deleted must never look finished.
    was_shard = bool(shard_of(builds / build))
    doomed = builds / f"{UNFINISHED}{build}"
    (builds / build).rename(doomed)
    sync_folder(builds)
    shutil.rmtree(doomed)
    note_hold_reason(builds, build, None)
    if was_shard:
        list_shards(builds)


def _live_before(builds: Path, live: str | None) -> str:
    finished, waiting = finished_builds(builds), read_hold_reasons(builds)
    sound = [one for one in once_live(builds) if one != live and one in finished and one not in waiting]
    if not sound:
        raise UnknownBuild("There is no earlier build to go back to. localism-ingest builds lists what is there.")
    return sound[-1]


def _check_was_live(builds: Path, build: str) -> None:
    if build not in once_live(builds):
        refused = read_hold_reasons(builds).get(build) is HoldReason.REFUSED
        why, accept = ("was refused by the gate", " --accept") if refused else ("was never live", "")
        raise UnknownBuild(
            f"Build {build} {why}, and a rollback goes only to what was live before. Look at it: localism-ingest diff. "
            f"Make it live: localism-ingest publish {build}{accept}"
        )

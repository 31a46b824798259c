"""A build taken over from where another machine publishes its own: made live, or only brought here.

Comes in: the folder of the builds, and where others are published. Goes out: a verified build beside the others, which a pull makes
the live one. Refuses to touch the live build before the other one is here whole, every file of it as its manifest says.

builds/.writing-pull-<id>/ is what has arrived; a pull that breaks off goes on with it. Where an engine is searched, the files that it
replaces are left out; they can be fetched later, into the same folder, whose mark goes when all are there.
"""

import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from index.build.engine_files import is_replaced, is_without, mark
from index.build.history import finished_builds, live_id, prune, publish, remove_build
from index.build.layout import MANIFEST_FILE, POINTER, UNFINISHED, sync_folder
from index.build.manifest import Manifest, check_whole
from index.build.published import Published
from index.build.verification import verify_build
from index.digests import file_digest
from index.errors import DamagedBuild, NotFetched, NotWritten

_DRAFT = f"{UNFINISHED}pull-"
BUILD_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did."""

    build: str
    changed: bool  # whether it became live now
    files: int
    taken_over: int  # of them, from builds that were here already
    moved: int  # bytes
    left: int = 0  # files that were left to an engine


def pull(builds: Path, source: Published, keep: int, for_engine: bool = False) -> Pulled:
    """Make the build that is live at ``source`` live in ``builds``, and keep the ``keep`` newest; whoever calls it holds the lock.

    What an engine replaces is left out ``for_engine``. Without, it is fetched where an earlier pull left it out.

    Raises:
        NotFetched: it cannot be had, or is not what its manifest says.
        DamagedBuild, ForeignBuild: it cannot be used here.
        NotWritten: the disk does not take it.
    """
    build = _named(source.text(POINTER))
    was_live, changes = build == live_id(builds), Pulled(build, changed=False, files=0, taken_over=0, moved=0)
    lacks = not for_engine and is_without(builds / build)
    if was_live and not lacks:
        return changes
    try:
        if lacks:
            changes = _completed(source, build, builds)
        elif build not in finished_builds(builds):
            _manifest(source, build, builds)
            check_whole(builds / f"{_DRAFT}{build}")
            changes = _fetched(source, build, builds, for_engine)
            _keep(build, builds)
        if was_live:
            return changes
        _publish(builds, build)
        for left in builds.glob(f"{_DRAFT}*"):
            shutil.rmtree(left)
        prune(builds, keep)
    except OSError as error:
        raise NotWritten(
            f"Build {build} could not be written: {error.strerror or error}. The live build stays as it is."
        ) from error
    return replace(changes, changed=True)


def bring(builds: Path, source: Published, build: str) -> None:
    """Bring ``build`` from ``source`` beside those in ``builds`` and verify it; one that is there already is left alone.

    Raises:
        NotFetched: it cannot be had, or is not what its manifest says.
        DamagedBuild, ForeignBuild: it cannot be used here; nothing of it stays.
        NotWritten: the disk does not take it.
    """
    if build in finished_builds(builds):
        return
    try:
        _fetched(source, build, builds)
        draft = builds / f"{_DRAFT}{build}"
        if problems := verify_build(draft):
            shutil.rmtree(draft)
            raise DamagedBuild(f"Build {build} is damaged where it is published: {'; '.join(problems[:3])}.")
        _keep(build, builds)
    except OSError as error:
        raise NotWritten(f"Build {build} could not be written: {error.strerror or error}. Make room and run again.") from error


def _named(pointer: str) -> str:
    build = pointer.strip()
    if not BUILD_NAME.fullmatch(build):
        raise NotFetched(
            f"What is published there as CURRENT names no build: {build[:40]!r}. Name the folder that holds the builds."
        )
    return build


def _publish(builds: Path, build: str) -> None:
    try:
        publish(builds, build)
    except DamagedBuild:
        remove_build(builds, build)  # or the next pull would take it for whole
        raise


def _manifest(source: Published, build: str, builds: Path) -> Manifest:
    draft = builds / f"{_DRAFT}{build}"
    draft.mkdir(parents=True, exist_ok=True)
    # Written anew each time: an earlier one may have been cut off.
    (draft / MANIFEST_FILE).write_text(source.text(f"{build}/{MANIFEST_FILE}"), encoding="utf-8")
    manifest = Manifest.open(draft)
    if manifest.build != build or not all(map(_is_plain, manifest.files)):
        raise NotFetched(f"The manifest of build {build} is not one: it names another build, or files outside of it.")
    return manifest


def _fetched(source: Published, build: str, builds: Path, for_engine: bool = False) -> Pulled:
    """Bring every file of ``build``, or only those that are needed beside an engine, and say what was moved."""
    draft = builds / f"{_DRAFT}{build}"
    files = _manifest(source, build, builds).files
    wanted = {name: digest for name, digest in files.items() if not (for_engine and is_replaced(name))}
    mark(draft, without=len(wanted) < len(files))
    return replace(_brought(source, build, builds, draft, wanted), left=len(files) - len(wanted))


def _completed(source: Published, build: str, builds: Path) -> Pulled:
    """Bring what was left to an engine into the folder of ``build`` itself, where nobody looks for it while the mark is there."""
    folder = builds / build
    wanted = {name: digest for name, digest in Manifest.open(folder).files.items() if is_replaced(name)}
    done = _brought(source, build, builds, folder, wanted)
    mark(folder, without=False)
    sync_folder(folder)
    return done


def _brought(source: Published, build: str, builds: Path, folder: Path, wanted: dict[str, str]) -> Pulled:
    """Bring the files ``wanted`` into ``folder``, each proved by its digest."""
    here = _by_digest(builds)
    taken_over = moved = 0
    for name, digest in sorted(wanted.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and not _part(path).exists() and file_digest(path) == digest:
            continue  # an earlier pull brought it
        known = here.get(digest)
        if known is not None and _taken_over(known, path, digest):
            taken_over += 1
            continue
        moved += _fetch(source, f"{build}/{name}", path, digest)
    return Pulled(build, changed=False, files=len(wanted), taken_over=taken_over, moved=moved)


def _keep(build: str, builds: Path) -> None:
    """Give what was brought the name of a finished build."""
    (builds / f"{_DRAFT}{build}").rename(builds / build)
    sync_folder(builds)


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name


def _by_digest(builds: Path) -> dict[str, Path]:
    """Return the files of the live build by their digests: the encoder and the originals seldom change."""
    live = live_id(builds)
    if live is None:
        return {}
    return {digest: builds / live / name for name, digest in Manifest.open(builds / live).files.items()}


def _taken_over(known: Path, path: Path, digest: str) -> bool:
    """Link or copy a file that is here already; tells whether it was what its manifest says."""
    path.unlink(missing_ok=True)
    try:
        os.link(known, path)
    except OSError:
        try:
            shutil.copyfile(known, path)
        except FileNotFoundError:
            return False
    return file_digest(path) == digest  # else it is fetched, over what lies there


def _fetch(source: Published, name: str, path: Path, digest: str) -> int:
    """Bring one file; one that is not what was said is brought once more from its beginning: a part of it may be of another time."""
    part, moved = _part(path), 0
    path.unlink(missing_ok=True)
    for _ in range(2):
        moved += source.fetch(name, part)
        if file_digest(part) == digest:
            part.rename(path)
            return moved
        part.unlink()
    raise NotFetched(f"{name} is not the file that its manifest names, twice. Publish that build again, or pull later.")


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")

"""A build moved: as one file that holds it whole, to keep it safe or to carry it; or taken from where another machine publishes.

Comes in: the folder of the builds, and a file or where others are published. Goes out: the file, or a verified build beside the
others, which a pull makes the live one. Refuses to unpack anything that is not a build: names that lead out of the folder, links,
devices, more bytes than were said; and to touch the live build before the other one is here whole, every file of it as its manifest
says.

builds/.writing-pull-<id>/ is what has arrived; a pull that breaks off goes on with it.
"""

import os
import re
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.build.history import check_known, finished_builds, live_id, prune, publish, remove_build
from index.build.layout import MANIFEST_FILE, POINTER, UNFINISHED, sync_folder
from index.build.manifest import Manifest
from index.build.published import Published
from index.build.verification import verify_build
from index.digests import file_digest
from index.errors import DamagedBuild, NotFetched, NotWritten

MOST_BYTES = 64 * 2**30  # an archive that says it unpacks to more is refused
_DRAFT = f"{UNFINISHED}pull-"
_BUILD = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


def export_build(builds: Path, build: str, file: Path) -> int:
    """Write ``build`` into ``file``, which must not exist; returns its size in bytes. Equal builds give equal files.

    Raises:
        UnknownBuild: there is no such build.
        DamagedBuild: it does not verify.
        NotWritten: the file is there already, or the disk did not take it.
    """
    check_known(builds, build)
    problems = verify_build(builds / build)
    if problems:
        raise DamagedBuild(f"Build {build} was not exported: {'; '.join(problems[:3])}.")
    draft = file.with_name(f".{file.name}.new")
    try:
        if file.exists():
            raise FileExistsError(17, "there is a file of that name already")
        with tarfile.open(draft, "w:gz", compresslevel=6) as archive:
            for path in sorted((builds / build).rglob("*")):
                archive.add(path, f"{build}/{path.relative_to(builds / build).as_posix()}", recursive=False, filter=_plain)
        draft.rename(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise NotWritten(f"{file} could not be written: {error.strerror or error}. Nothing was changed.") from error
    return file.stat().st_size


def import_build(builds: Path, file: Path) -> str:
    """Unpack the build in ``file`` beside the others, verify it and return its id; a build that is there already is left alone.

    Raises:
        DamagedBuild: the file is not a build, or it does not verify.
        ForeignBuild: another version of the format wrote it.
        NotWritten: the disk did not take it.
    """
    draft = builds / f"{UNFINISHED}import"
    try:
        builds.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        build = _unpack(file, draft)
        if build in finished_builds(builds):
            return build
        _check(draft / build)
        (draft / build).rename(builds / build)
        sync_folder(builds)
        return build
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise DamagedBuild(f"{file} is not an exported build: {error}. Export it again: localism-index export") from error
    except OSError as error:
        raise NotWritten(f"{file} could not be imported: {error.strerror or error}. Nothing was changed.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unpack(file: Path, draft: Path) -> str:
    with tarfile.open(file, "r:gz") as archive:
        names: set[str] = set()
        size = 0
        for member in archive:
            names.add(member.name.split("/")[0])
            size += member.size
            if len(names) > 1 or size > MOST_BYTES or not (member.isfile() or member.isdir()):
                raise ValueError("it holds something else than one build")
            archive.extract(member, draft, filter="data")
    if len(names) != 1:
        raise ValueError("it is empty")
    return names.pop()


def _check(folder: Path) -> None:
    problems = verify_build(folder)
    named = Manifest.open(folder).build
    if problems or named != folder.name:
        raise DamagedBuild(f"The imported build was not kept: {'; '.join(problems[:3]) or f'it says that it is {named}'}.")


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who owned a file and when it was written: they tell about the machine, not about the build."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    member.mode = 0o755 if member.isdir() else 0o644
    return member


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did."""

    build: str
    changed: bool  # whether it became live now
    files: int
    taken_over: int  # of them, from builds that were here already
    moved: int  # bytes


def pull(builds: Path, source: Published, keep: int) -> Pulled:
    """Make the build that is live at ``source`` live in ``builds``, and keep the ``keep`` newest; whoever calls it holds the lock.

    Raises:
        NotFetched: it cannot be had, or is not what its manifest says.
        DamagedBuild, ForeignBuild: it cannot be used here.
        NotWritten: the disk does not take it.
    """
    build = _named(source.text(POINTER))
    if build == live_id(builds):
        return Pulled(build, changed=False, files=0, taken_over=0, moved=0)
    files = taken_over = moved = 0
    try:
        if build not in finished_builds(builds):
            draft = builds / f"{_DRAFT}{build}"
            files, taken_over, moved = _fetched(source, build, draft, builds)
            draft.rename(builds / build)
            sync_folder(builds)
        _publish(builds, build)
        for left in builds.glob(f"{_DRAFT}*"):
            shutil.rmtree(left)
        prune(builds, keep)
    except OSError as error:
        raise NotWritten(
            f"Build {build} could not be written: {error.strerror or error}. The live build stays as it is."
        ) from error
    return Pulled(build, changed=True, files=files, taken_over=taken_over, moved=moved)


def _named(pointer: str) -> str:
    build = pointer.strip()
    if not _BUILD.fullmatch(build):
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


def _fetched(source: Published, build: str, draft: Path, builds: Path) -> tuple[int, int, int]:
    """Bring every file of ``build`` into ``draft``; returns how many, how many were here already, and the bytes moved."""
    draft.mkdir(parents=True, exist_ok=True)
    # Written anew each time: an earlier one may have been cut off.
    (draft / MANIFEST_FILE).write_text(source.text(f"{build}/{MANIFEST_FILE}"), encoding="utf-8")
    wanted = _files_of(draft, build)
    here = _by_digest(builds)
    taken_over = moved = 0
    for name, digest in sorted(wanted.items()):
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and not _part(path).exists() and file_digest(path) == digest:
            continue  # an earlier pull brought it
        known = here.get(digest)
        if known is not None and _taken_over(known, path, digest):
            taken_over += 1
            continue
        moved += _fetch(source, f"{build}/{name}", path, digest)
    return len(wanted), taken_over, moved


def _files_of(draft: Path, build: str) -> dict[str, str]:
    manifest = Manifest.open(draft)
    if manifest.build != build or not all(map(_is_plain, manifest.files)):
        raise NotFetched(f"The manifest of build {build} is not one: it names another build, or files outside of it.")
    return manifest.files


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

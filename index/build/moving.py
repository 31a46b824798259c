"""A build moved as one file that holds it whole, to keep it safe or to carry it.

Comes in: the folder of the builds, and a file. Goes out: the file, or a verified build beside the others. Refuses to unpack anything
that is not a build: names that lead out of the folder, links, devices, more bytes than were said.
"""

import shutil
import tarfile
from pathlib import Path

from index.build.engine_files import check_searchable
from index.build.history import check_known, finished_builds
from index.build.layout import UNFINISHED, sync_folder
from index.build.manifest import Manifest
from index.build.verification import verify_build
from index.errors import DamagedBuild, NotWritten

MOST_BYTES = 64 * 2**30  # an archive that says it unpacks to more is refused


def export_build(builds: Path, build: str, file: Path) -> int:
    """Write ``build`` into ``file``, which must not exist; returns its size in bytes. Equal builds give equal files.

    Raises:
        UnknownBuild: there is no such build.
        DamagedBuild: it does not verify.
        NotWhole: it was taken over for an engine, without what is searched.
        NotWritten: the file is there already, or the disk did not take it.
    """
    check_known(builds, build)
    check_searchable(builds / build)
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
            _take_out(archive, member, draft)
    if len(names) != 1:
        raise ValueError("it is empty")
    return names.pop()


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, draft: Path) -> None:
    """Write a file or folder below ``draft``. Not by the library: the Python of Debian 12 does not know its safe way yet."""
    target = draft / member.name
    if not target.resolve().is_relative_to(draft.resolve()):
        raise ValueError(f"“{member.name}” leads out of it")
    (target if member.isdir() else target.parent).mkdir(parents=True, exist_ok=True)
    taken = archive.extractfile(member)
    if taken is not None:  # it is None of a folder
        with target.open("wb") as written:
            shutil.copyfileobj(taken, written)


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

"""One file that holds a whole build, to keep it safe or to move it to another machine: ``localism-index export`` and ``import``.

Comes in: the folder of the builds and a file, or parsed arguments. Goes out: the file, or a verified build beside the others; exit
codes and one line or one JSON object. Refuses to unpack anything that is not a build: names that lead out of the folder, links,
devices, more bytes than were said.
"""

import argparse
import json
import shutil
import sys
import tarfile
from pathlib import Path

from index.build.history import check_known, finished_builds, publish
from index.build.layout import UNFINISHED, live_build, sync_folder
from index.build.lock import builds_lock
from index.build.manifest import Manifest
from index.build.verification import verify_build
from index.errors import DamagedBuild, NotWritten

MOST_BYTES = 64 * 2**30  # an archive that says it unpacks to more is refused
DONE = 0


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


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    """Add ``export`` and ``import`` to ``commands``; ``shared`` brings --index and --json."""
    export = commands.add_parser("export", parents=[shared], help="write a build into one file")
    export.add_argument("file", type=Path, metavar="FILE", help="file to write: name.tar.gz")
    export.add_argument("--build", metavar="ID", help="the build; without it the live one")
    export.set_defaults(run=_export)
    importing = commands.add_parser("import", parents=[shared], help="take a build out of one file and make it live")
    importing.add_argument("file", type=Path, metavar="FILE", help="file that export wrote")
    importing.add_argument("--keep-live", action="store_true", help="put it beside the live build and switch later")
    importing.set_defaults(run=_import)


def _export(options: argparse.Namespace, *_: object) -> int:
    build = options.build or live_build(options.index).name
    size = export_build(options.index, build, options.file)
    _say(
        options,
        {"build": build, "file": str(options.file), "bytes": size},
        f"Build {build} is in {options.file}: {size:,} bytes.",
    )
    return DONE


def _import(options: argparse.Namespace, *_: object) -> int:
    with builds_lock(options.index, "localism-index import"):
        build = import_build(options.index, options.file)
        if not options.keep_live:
            publish(options.index, build)
    state = "is here, beside the live build" if options.keep_live else "is live"
    _say(options, {"build": build, "live": not options.keep_live}, f"Build {build} {state}.")
    return DONE


def _say(options: argparse.Namespace, given: dict[str, object], sentence: str) -> None:
    sys.stdout.write((json.dumps(given, indent=2) if options.json else sentence) + "\n")

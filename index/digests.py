"""SHA-256 of files and folders, copies that are proved by it, and files that are shared on disk.

Comes in: paths. Goes out: hex digests, or a copy. Refuses to know what the files hold.
"""

import hashlib
import os
import shutil
from pathlib import Path

from index.errors import UnreadableDocument


def tree_digests(folder: Path, besides: str) -> dict[str, str]:
    """Return the SHA-256 of every file below ``folder`` but those named ``besides``, by relative path."""
    return {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != besides
    }


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shared_or_copied(original: str | Path, target: str | Path) -> str:
    """Let ``target`` be the same file on disk as ``original``, or a copy where that cannot be; returns ``target``.

    Only for what is never changed where it lies, only replaced.
    """
    try:
        os.link(original, target)
    except OSError:  # another file system, one without links, or another owner
        shutil.copyfile(original, target)
    return str(target)


def copy_proved(original: Path, target: Path, sha256: str) -> None:
    """Copy ``original`` to ``target``; nothing stays there where the copy is not what ``sha256`` was taken of.

    Raises:
        UnreadableDocument: the file went away or changed after it was read.
    """
    try:
        shutil.copyfile(original, target)
    except FileNotFoundError as error:
        raise UnreadableDocument("the file went away after it was read") from error
    if file_digest(target) != sha256:
        target.unlink()
        raise UnreadableDocument("the file changed after it was read; run again when it is complete")

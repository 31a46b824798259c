"""SHA-256 of files and folders.

Comes in: paths. Goes out: hex digests. Refuses to know what the files hold.
"""

import hashlib
from pathlib import Path


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

"""The files of the operator's state folder: for the server's own user alone, and gone without a rest when they go.

Comes in: where a file lies. Goes out: the file with its rights, or its absence. Refuses to know what it holds.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.errors import SettingsError

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


def make_private(path: Path) -> None:
    """Make ``path`` and its folder where they are missing, and close them up to all but this user.

    What SQLite makes beside it later gets the same rights; what it has made before is closed up too.

    Raises:
        OSError: it cannot be made or opened there.
    """
    path.parent.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE_FILE))
    for one in _with_companions(path):
        # Only who owns a file may do that: where another user looks at the report, the server has done it before.
        with suppress(FileNotFoundError, PermissionError):
            one.chmod(_PRIVATE_FILE)


def remove_private(path: Path) -> bool:
    """Remove ``path`` and all that SQLite keeps beside it; tells whether there was any.

    Raises:
        SettingsError: it cannot be removed.
    """
    there = [one for one in _with_companions(path) if one.exists()]
    try:
        for one in there:
            one.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{error.filename} cannot be removed ({error.strerror}). Remove it by hand, or give this user the right to, "
            "and start again."
        ) from error
    return bool(there)


def _with_companions(path: Path) -> Iterator[Path]:
    for ending in ("", "-wal", "-shm", "-journal"):
        yield path.with_name(path.name + ending)

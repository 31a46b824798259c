"""What a disk that is full or may not be written to means for who asked for something to be kept.

Comes in: an error of the system or of SQLite. Goes out: a status and one sentence, or nothing where it says nothing about the disk.
Refuses to know what was to be kept.
"""

import errno
import sqlite3
from http import HTTPStatus

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM}
_FULL_FILE = {sqlite3.SQLITE_FULL}
_NOT_WRITABLE_FILE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_BUSY,
}
_ROOM = (
    HTTPStatus.INSUFFICIENT_STORAGE,
    "There is no room left on this server to keep that, so nothing was changed. Its operator has to make room.",
)
_RIGHT = (
    HTTPStatus.SERVICE_UNAVAILABLE,
    "This server may not write where it would keep that, so nothing was changed. Its operator has to give it the right to.",
)
Fault = tuple[HTTPStatus, str]


def storage_fault(error: Exception) -> Fault | None:
    """Return the status and the sentence for ``error`` where it says that the disk takes nothing, else None."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it tells kinds of one fault apart
        return _fault(code, _FULL_FILE, _NOT_WRITABLE_FILE)
    return _fault(error.errno or 0, _FULL, _NOT_WRITABLE) if isinstance(error, OSError) else None


def _fault(code: int, full: set[int], not_writable: set[int]) -> Fault | None:
    return _ROOM if code in full else _RIGHT if code in not_writable else None

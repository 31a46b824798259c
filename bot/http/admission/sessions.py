"""Who has logged in: a signed cookie that every process of the server can check, and a list of those that were ended.

Comes in: the operator's token, once. Goes out: the value of a cookie, and whether one holds. Refuses to know requests.

The key is derived from the token, so a cookie holds in every process and after a restart, and another token ends all. What was ended
stands where all processes read it until it would have expired anyway: as an empty file in a folder, or in the store of several
machines.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import Protocol

SESSION_SECONDS = 8 * 60 * 60  # a working day, from the log-in on
_PURPOSE = b"localism session, 1"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


class Ended(Protocol):
    """Where ended sessions are noted."""

    def end(self, name: str, until: float) -> None:
        """Note that ``name`` was ended, which would have expired at ``until`` (Unix seconds)."""

    def was_ended(self, name: str) -> bool:
        """Tell whether ``name`` was ended."""

    def close(self) -> None:
        """Let go of it."""


class EndedFolder:
    """Ended sessions as empty files of one folder."""

    def __init__(self, folder: Path, now: Callable[[], float] = time) -> None:
        """Note them in ``folder``, made with the first; ``now`` in Unix seconds."""
        self._folder = folder
        self._now = now

    def end(self, name: str, until: float) -> None:
        """Note that ``name`` was ended, and forget what has expired; when it expires stands in its name.

        Raises:
            OSError: it cannot be noted.
        """
        self._folder.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
        for one in self._folder.iterdir():
            expiry = one.name.partition("-")[0]
            if expiry.isdecimal() and int(expiry) <= self._now():
                one.unlink(missing_ok=True)
        (self._folder / name).touch(_PRIVATE_FILE)

    def was_ended(self, name: str) -> bool:
        """Tell whether ``name`` was ended."""
        return (self._folder / name).exists()

    def close(self) -> None:
        """Do nothing: no file is open."""


class Sessions:
    """The sessions of one token."""

    def __init__(self, token: str, ended: Ended | None, now: Callable[[], float] = time) -> None:
        """Note in ``ended`` what was ended; without it that holds in this process only. ``now`` in Unix seconds."""
        self._key = hmac.digest(token.encode(), _PURPOSE, "sha256")
        self._ended = ended
        self._ended_here: set[str] = set()
        self._now = now

    def begin(self) -> str:
        """Return the value of a new session's cookie."""
        name = f"{int(self._now()) + SESSION_SECONDS}-{secrets.token_hex(16)}"
        return f"{name}.{self._signature(name)}"

    def holds(self, cookie: str) -> bool:
        """Tell whether ``cookie`` is of a session that has neither expired nor been ended."""
        name = self._name_of(cookie)
        return bool(name) and _expiry(name) > self._now() and not self._was_ended(name)

    def end(self, cookie: str) -> None:
        """End a session in every process.

        Raises:
            OSError, StoreFault: it cannot be noted; it is ended in this process only.
        """
        name = self._name_of(cookie)
        if not name:
            return
        self._ended_here = {one for one in self._ended_here if _expiry(one) > self._now()} | {name}
        if self._ended is not None:
            self._ended.end(name, _expiry(name))

    def close(self) -> None:
        """Let go of where ended sessions are noted."""
        if self._ended is not None:
            self._ended.close()

    def _name_of(self, cookie: str) -> str:
        """Return the name of the session, empty where we did not sign it."""
        name, _, signature = cookie.partition(".")
        return name if hmac.compare_digest(signature.encode(), self._signature(name).encode()) else ""

    def _signature(self, name: str) -> str:
        return hmac.new(self._key, name.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()

    def _was_ended(self, name: str) -> bool:
        return name in self._ended_here or (self._ended is not None and self._ended.was_ended(name))


def _expiry(name: str) -> int:
    return int(name.partition("-")[0])

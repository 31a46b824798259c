"""Jobs of the operator on several machines: who may begin one at this moment, and where the others see them.

Comes in: the folder of the jobs; jobs as JSON, from the machine that runs them, whose folders and processes no other sees. Goes
out: the right to look for other jobs and begin one; the jobs of the other machines. Refuses to run any, and to know what a job is.

What comes in for a job is not one yet, so others cannot see it: two that look in the same instant would both find nobody at work. A
lock on the folder itself: the system frees it however its process ends, and it leaves nothing that somebody would have to sweep.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.state.databases.store import Room, Store

SILENT_SECONDS = 30.0  # without a word of its machine a job that runs may have ended with it


class Claimed(Exception):
    """Somebody else is about to begin a job."""


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Let nobody else begin a job in ``folder`` meanwhile; makes the folder where there is none.

    Raises:
        Claimed: somebody else is at it.
        OSError: the folder cannot be made or opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY)
    try:
        _lock_at_once(opened)
        yield
    finally:
        os.close(opened)


def _lock_at_once(opened: int) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Claimed from None


class JobBoard:
    """Jobs by machine. Safe to use from several threads."""

    def __init__(self, store: Store, machine: str) -> None:
        """Post as ``machine``."""
        self.machine = machine
        self._database = store.open(Room.TOGETHER)

    def post(self, jobs: list[dict[str, Any]]) -> None:
        """Make ``jobs`` all that the others see of this machine.

        Raises:
            StoreFault: it cannot be written down.
        """
        now = self._database.now
        self._database.ask_many(
            f"INSERT INTO jobs VALUES (?, ?, ?, {now}) "  # noqa: S608  # ours
            "ON CONFLICT (machine, id) DO UPDATE SET job = excluded.job, seen = excluded.seen",
            [(self.machine, str(job["id"]), json.dumps(job)) for job in jobs],
        )
        known = {str(job["id"]) for job in jobs}
        here = self._database.ask("SELECT id FROM jobs WHERE machine = ?", self.machine)
        for (gone,) in here:
            if gone not in known:
                self._database.ask("DELETE FROM jobs WHERE machine = ? AND id = ?", self.machine, gone)

    def others(self) -> list[dict[str, Any]]:
        """Return the jobs of all other machines, the newest first: each with its "machine", and "silent" where that says no more.

        Raises:
            StoreFault: they cannot be read.
        """
        rows = self._database.ask(
            f"SELECT machine, job, {self._database.now} - seen FROM jobs WHERE machine <> ? ORDER BY id DESC",  # noqa: S608  # ours
            self.machine,
        )
        return [{**json.loads(job), "machine": machine, "silent": ago > SILENT_SECONDS} for machine, job, ago in rows]

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

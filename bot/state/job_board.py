"""Jobs of the operator where the other machines can see them: each runs on one, whose folders and processes no other sees.

Comes in: jobs as JSON, from the machine that runs them. Goes out: those of the other machines. Refuses to run any.
"""

import json
from typing import Any

from bot.state.databases.store import Room, Store

SILENT_SECONDS = 30.0  # without a word of its machine a job that runs may have ended with it


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

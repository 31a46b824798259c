"""Who of several processes does what only one may do: for a few seconds, and again and again.

Comes in: the name of the work and of who wants it. Goes out: whether they have it. Refuses to know the work, and the clocks of the
machines: only the database's counts.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bot.errors import StoreFault
from bot.state.databases.store import Room, Store


class Leases:
    """The leases of one store. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Open what ``store`` keeps of them."""
        self._database = store.open(Room.LEASES)

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Give ``name`` to ``holder`` for ``seconds`` from now, if it is free, has run out, or is theirs already; tells whether it is.

        Raises:
            StoreFault: that cannot be found out.
        """
        now = self._database.now
        return bool(
            self._database.ask(
                f"INSERT INTO leases VALUES (?, ?, {now} + ?) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, "  # noqa: S608  # ours
                f"until = excluded.until WHERE leases.holder = excluded.holder OR leases.until < {now} RETURNING holder",
                name,
                holder,
                seconds,
            )
        )

    def give_back(self, name: str, holder: str) -> None:
        """Free ``name`` where ``holder`` has it.

        Raises:
            StoreFault: it cannot be freed now, and runs out by itself.
        """
        self._database.ask("DELETE FROM leases WHERE name = ? AND holder = ?", name, holder)

    def holder(self, name: str) -> str:
        """Return who has ``name`` at this moment, empty where nobody has.

        Raises:
            StoreFault: that cannot be found out.
        """
        statement = f"SELECT holder FROM leases WHERE name = ? AND until >= {self._database.now}"  # noqa: S608  # ours
        return "".join(holder for (holder,) in self._database.ask(statement, name))

    @contextmanager
    def held(self, name: str, holder: str, seconds: float) -> Iterator[bool]:
        """Take ``name`` and keep it until the context ends, however long that is; yields whether it was free.

        Raises:
            StoreFault: that cannot be found out.
        """
        if not self.take(name, holder, seconds):
            yield False
            return
        done = threading.Event()
        renewing = threading.Thread(target=self._keep, args=(name, holder, seconds, done), daemon=True)
        renewing.start()
        try:
            yield True
        finally:
            done.set()
            renewing.join()
            with suppress(StoreFault):
                self.give_back(name, holder)

    def _keep(self, name: str, holder: str, seconds: float, done: threading.Event) -> None:
        while not done.wait(seconds / 4):
            with suppress(StoreFault):  # tried again before it has run out
                self.take(name, holder, seconds)

    def close(self) -> None:
        """Let go of the database; what is held runs out."""
        self._database.close()

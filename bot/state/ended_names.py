"""Names that do not hold any more, until they would have run out anyway: sessions of the operator that were ended.

Comes in: a name and when it runs out. Goes out: whether it was ended. Refuses to know what a name opens.
"""

from bot.state.databases.store import Room, Store


class EndedNames:
    """Ended names of one store. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Open what ``store`` keeps of them."""
        self._database = store.open(Room.TOGETHER)

    def end(self, name: str, until: float) -> None:
        """Note that ``name`` was ended, which would have run out at ``until`` (seconds since 1970).

        Raises:
            StoreFault: it cannot be noted.
        """
        self._database.ask(f"DELETE FROM ended WHERE until < {self._database.now}")  # noqa: S608  # ours
        self._database.ask("INSERT INTO ended VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, until)

    def was_ended(self, name: str) -> bool:
        """Tell whether ``name`` was ended.

        Raises:
            StoreFault: that cannot be found out.
        """
        return bool(self._database.ask("SELECT 1 FROM ended WHERE name = ?", name))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

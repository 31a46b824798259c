"""Small things that whichever process comes next has to know: a digest, where a session stood, which names do not hold any more.

Comes in: a name and a text, or when the name would have run out. Goes out: the text; whether the name was ended, as a session of
the operator is. Refuses to know what either means.
"""

from bot.state.databases.store import Room, Store


class Facts:
    """Texts by name. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Open what ``store`` keeps of them."""
        self._database = store.open(Room.TOGETHER)

    def get(self, name: str) -> str:
        """Return what ``name`` was set to last, empty where it never was.

        Raises:
            StoreFault: it cannot be read.
        """
        return "".join(value for (value,) in self._database.ask("SELECT value FROM facts WHERE name = ?", name))

    def put(self, name: str, value: str) -> None:
        """Set ``name`` to ``value``.

        Raises:
            StoreFault: it cannot be kept.
        """
        self._database.ask(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value
        )

    def first(self, name: str, value: str) -> str:
        """Set ``name`` to ``value`` where nobody has set it before, and return what it is set to.

        Raises:
            StoreFault: it cannot be kept.
        """
        self._database.ask("INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value)
        return self.get(name)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


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

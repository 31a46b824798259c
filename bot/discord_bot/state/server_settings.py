"""What the managers of a Discord server chose, kept in SQLite.

Comes in: the id of a server. Goes out: its settings, or those of the first day. Refuses to check who may change them.
"""

import json
import sqlite3
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.discord_bot.texts import DEFAULT_LANGUAGE
from bot.state.state_file import make_private

SETTINGS_FILE = "discord_settings.sqlite"
_SCHEMA = "CREATE TABLE IF NOT EXISTS servers (id INTEGER PRIMARY KEY, settings TEXT NOT NULL)"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the bot behaves on one server."""

    channels: tuple[int, ...] = ()  # ids of the channels in which mentions are answered; empty means all
    private: bool = False  # answers to /ask are private unless the person says otherwise
    threads: bool = False  # mentions are answered in a thread, not with a reply
    plain: bool = False  # plain text instead of cards
    person_per_minute: int | None = None  # questions; None takes the operator's choice
    channel_per_minute: int | None = None
    sources: tuple[str, ...] = ()  # ids of the documents that are used; empty means all
    language: str = DEFAULT_LANGUAGE


class ServerSettingsStore:
    """The settings of all servers: read once, held in memory, written through. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the store in ``folder``, making both where they are missing."""
        make_private(folder / SETTINGS_FILE)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(folder / SETTINGS_FILE, check_same_thread=False)
        self._connection.execute(_SCHEMA)
        rows = self._connection.execute("SELECT id, settings FROM servers").fetchall()
        self._known = {server: _from_json(settings) for server, settings in rows}

    def of(self, server: int | None) -> ServerSettings:
        """Return the settings of a server; those of the first day for direct messages and unknown servers."""
        return self._known.get(server or 0, ServerSettings())

    def save(self, server: int, settings: ServerSettings) -> None:
        """Keep the settings of a server."""
        with self._lock, self._connection:
            self._connection.execute(
                "INSERT INTO servers VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET settings = excluded.settings",
                (server, json.dumps(asdict(settings))),
            )
        self._known[server] = settings

    def forget(self, server: int) -> None:
        """Remove all that is kept about a server."""
        with self._lock, self._connection:
            self._connection.execute("DELETE FROM servers WHERE id = ?", (server,))
        self._known.pop(server, None)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _from_json(settings: str) -> ServerSettings:
    fields = json.loads(settings)
    known = {
        name: fields[name] for name in ServerSettings.__slots__ if name in fields
    }  # an older version kept fewer or other fields
    return ServerSettings(
        **{**known, "channels": tuple(known.get("channels", ())), "sources": tuple(known.get("sources", ()))}
    )

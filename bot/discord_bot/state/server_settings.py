"""What the managers of a Discord server chose.

Comes in: the id of a server. Goes out: its settings, or those of the first day. Refuses to check who may change them.
"""

import json
from dataclasses import asdict, dataclass

from bot.discord_bot.texts import DEFAULT_LANGUAGE
from bot.state.databases.store import Room, Store


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the bot behaves on one server."""

    channels: tuple[int, ...] = ()  # ids of the channels in which questions are answered; empty means all
    private: bool = False  # answers to /ask are private unless the person says otherwise
    threads: bool = False  # mentions are answered in a thread, not with a reply
    plain: bool = False  # plain text instead of cards
    person_per_minute: int | None = None  # questions; None takes the operator's choice
    channel_per_minute: int | None = None
    sources: tuple[str, ...] = ()  # ids of the documents that are used; empty means all
    language: str = DEFAULT_LANGUAGE
    role: int | None = None  # id of the role whose members may ask; None means everybody
    log_channel: int | None = None  # id of the channel in which the moderators read counts and errors


class ServerSettingsStore:
    """The settings of all servers: read once, held in memory, written through. Safe to use from several threads.

    Only the process that is connected to Discord has it open; the next one reads it anew.
    """

    def __init__(self, store: Store) -> None:
        """Read what ``store`` keeps of them.

        Raises:
            StoreFault: it cannot be read.
        """
        self._database = store.open(Room.DISCORD)
        rows = self._database.ask("SELECT id, settings FROM servers")
        self._known = {server: _from_json(settings) for server, settings in rows}

    def of(self, server: int | None) -> ServerSettings:
        """Return the settings of a server; those of the first day for direct messages and unknown servers."""
        return self._known.get(server or 0, ServerSettings())

    def save(self, server: int, settings: ServerSettings) -> None:
        """Keep the settings of a server.

        Raises:
            StoreFault: they cannot be kept.
        """
        self._database.ask(
            "INSERT INTO servers VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET settings = excluded.settings",
            server,
            json.dumps(asdict(settings)),
        )
        self._known[server] = settings

    def forget(self, server: int) -> None:
        """Remove all that is kept about a server.

        Raises:
            StoreFault: it cannot be removed.
        """
        self._database.ask("DELETE FROM servers WHERE id = ?", server)
        self._known.pop(server, None)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _from_json(settings: str) -> ServerSettings:
    fields = json.loads(settings)
    known = {
        name: fields[name] for name in ServerSettings.__slots__ if name in fields
    }  # an older version kept fewer or other fields
    return ServerSettings(
        **{**known, "channels": tuple(known.get("channels", ())), "sources": tuple(known.get("sources", ()))}
    )

"""What the managers of a server chose, kept over a restart; how they choose it stands in the tests of the commands."""

from contextlib import closing
from pathlib import Path

from bot.discord_bot.state.server_settings import ServerSettings, ServerSettingsStore
from bot.state.databases.sqlite_store import SqliteStore
from bot.state.databases.store import Room

CHOSEN = ServerSettings((200, 201), True, True, True, 3, 30, ("guide",), "cy")


def opened(folder: Path) -> ServerSettingsStore:
    """Return the settings that lie in ``folder``."""
    return ServerSettingsStore(SqliteStore(folder))


def test_what_was_chosen_is_there_after_a_restart_and_for_that_server_alone(tmp_path):
    """Others, and direct messages, have what is usual."""
    with closing(opened(tmp_path)) as store:
        store.save(100, ServerSettings(private=True))
        store.save(100, CHOSEN)
        assert store.of(100) == CHOSEN
    with closing(opened(tmp_path)) as store:
        assert (store.of(100), store.of(101), store.of(None)) == (CHOSEN, ServerSettings(), ServerSettings())


def test_a_server_that_is_forgotten_leaves_nothing(tmp_path):
    """Nor does one that was never known."""
    with closing(opened(tmp_path)) as store:
        store.save(100, CHOSEN)
        for server in (100, 999):
            store.forget(server)
        assert store.of(100) == ServerSettings()
    with closing(SqliteStore(tmp_path).open(Room.DISCORD)) as database:
        assert database.ask("SELECT * FROM servers") == []


def test_what_another_version_kept_is_read_as_far_as_it_is_known(tmp_path):
    """A field that is gone is left out, one that is new has what is usual."""
    with closing(SqliteStore(tmp_path).open(Room.DISCORD)) as database:
        database.ask("INSERT INTO servers VALUES (?, ?)", 100, '{"private": true, "channels": [200], "mood": "good"}')
    with closing(opened(tmp_path)) as store:
        assert store.of(100) == ServerSettings(channels=(200,), private=True)

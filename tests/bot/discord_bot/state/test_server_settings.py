"""What the managers of a server chose, kept over a restart; how they choose it stands in the tests of the commands."""

import sqlite3
from contextlib import closing

from bot.discord_bot.state.server_settings import SETTINGS_FILE, ServerSettings, ServerSettingsStore

CHOSEN = ServerSettings((200, 201), True, True, True, 3, 30, ("guide",), "cy")


def test_what_was_chosen_is_there_after_a_restart_and_for_that_server_alone(tmp_path):
    """Others, and direct messages, have what is usual."""
    with closing(ServerSettingsStore(tmp_path)) as store:
        store.save(100, ServerSettings(private=True))
        store.save(100, CHOSEN)
        assert store.of(100) == CHOSEN
    with closing(ServerSettingsStore(tmp_path)) as store:
        assert (store.of(100), store.of(101), store.of(None)) == (CHOSEN, ServerSettings(), ServerSettings())


def test_a_server_that_is_forgotten_leaves_nothing_in_the_file(tmp_path):
    """Nor does one that was never known."""
    with closing(ServerSettingsStore(tmp_path)) as store:
        store.save(100, CHOSEN)
        for server in (100, 999):
            store.forget(server)
        assert store.of(100) == ServerSettings()
    with closing(sqlite3.connect(tmp_path / SETTINGS_FILE)) as file:
        assert file.execute("SELECT * FROM servers").fetchall() == []


def test_what_another_version_kept_is_read_as_far_as_it_is_known(tmp_path):
    """A field that is gone is left out, one that is new has what is usual."""
    ServerSettingsStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / SETTINGS_FILE)) as file, file:
        file.execute("INSERT INTO servers VALUES (100, ?)", ('{"private": true, "channels": [200], "mood": "good"}',))
    with closing(ServerSettingsStore(tmp_path)) as store:
        assert store.of(100) == ServerSettings(channels=(200,), private=True)

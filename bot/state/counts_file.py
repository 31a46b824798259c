"""Open a file of counts by day: what people said of passages, what they asked.

Comes in: where it lies and its tables. Goes out: a connection that several threads may use, one at a time. Refuses to know what is
counted, and to grow beyond its limit: anybody may send questions and verdicts.
"""

import sqlite3
from pathlib import Path

from bot.errors import SettingsError
from bot.state.state_file import make_private

MOST_BYTES = 64 * 2**20  # of one file: some hundred thousand questions
_LOG_BYTES = 4 * 2**20  # of the write-ahead log beside it, once it was taken over


def open_counts(path: Path, schema: str, most_bytes: int = MOST_BYTES) -> sqlite3.Connection:
    """Return the SQLite file at ``path``, made with its folder and the tables of ``schema`` where they are missing.

    Beyond ``most_bytes`` it takes nothing more: SQLite says then that it is full.

    Raises:
        SettingsError: it cannot be opened or made there.
    """
    try:
        make_private(path)
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last counts, never the file
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA max_page_count = {max(most_bytes // page_bytes, 1)}")
        connection.executescript(schema)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError(
            f"{path} cannot be written to ({error}). Give this user the right to write in {path.parent}, make room there, "
            "or name another folder in LOCALISM_STATE."
        ) from error
    return connection

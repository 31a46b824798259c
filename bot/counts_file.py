"""Open a file of counts by day: what people said of passages, what they asked.

Comes in: where it lies and its tables. Goes out: a connection that several threads may use, one at a time. Refuses to know what is
counted.
"""

import sqlite3
from pathlib import Path


def open_counts(path: Path, schema: str) -> sqlite3.Connection:
    """Return the SQLite file at ``path``, made with its folder and the tables of ``schema`` where they are missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last counts, never the file
    connection.executescript(schema)
    return connection

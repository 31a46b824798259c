"""What ``localism-ingest fetch --all`` would download: which files, how large, and whether a person wants that.

Comes in: entries of the catalogue and a network. Goes out: lines on the console and a yes or no. Refuses to download.
"""

import http.client
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console

from ingest.catalogue.catalogue import Entry
from ingest.errors import FetchRefused
from ingest.fetch.announced_size import announced_size
from ingest.fetch.network import Network, WebAddress

_YES = frozenset({"y", "yes"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is not here yet."""

    entry: Entry
    size: int | None  # bytes; None where nobody says
    problem: str = ""  # why its server could not be asked


def wanted_of(entries: Iterable[Entry], network: Network) -> list[Wanted]:
    """Return what of ``entries`` is not here yet, with the sizes that their servers announce.

    A server that cannot be reached is asked once: forty files of one server would else cost forty waits.
    """
    unreached: dict[str, str] = {}
    return [_wanted(entry, network, unreached) for entry in entries if not entry.path.exists()]


def _wanted(entry: Entry, network: Network, unreached: dict[str, str]) -> Wanted:
    try:
        host = WebAddress.from_url(entry.fetch).host
    except FetchRefused as error:
        return Wanted(entry, None, str(error))
    if host not in unreached:
        try:
            return Wanted(entry, announced_size(entry.fetch, network))
        except FetchRefused as error:
            return Wanted(entry, None, str(error))
        except (OSError, http.client.HTTPException) as error:
            unreached[host] = f"{host} could not be asked ({error})"
    return Wanted(entry, None, unreached[host])


def agreed(wanted: list[Wanted], console: Console, answer: Callable[[], str] | None) -> bool:
    """Say what is to be downloaded, and return whether the person at the console wants it.

    Args:
        wanted: what is not here yet; with none of it nothing is asked.
        console: where it is said.
        answer: gives the line that the person types; None where they have said yes beforehand.
    """
    if not wanted:
        return True
    for one in wanted:
        _say(console, f"{one.entry.document.id}: {one.problem or _in_words(one.size)}, {one.entry.fetch}")
    _say(console, _sum_of(wanted))
    if answer is None:
        return True
    console.print("Download them now? y or n: ", end="", markup=False, highlight=False)
    return answer().strip().lower() in _YES  # an empty line, or nobody there to answer, is no


def _sum_of(wanted: list[Wanted]) -> str:
    known = [one.size for one in wanted if one.size is not None]
    silent = len(wanted) - len(known)
    beside = f", and {silent} of which no size is known" if silent else ""
    return f"{len(wanted)} files to download: {_in_words(sum(known))} in {len(known)} of them{beside}."


def _in_words(size: int | None) -> str:
    return "size not said" if size is None else f"{size / 1_000_000:.1f} MB"


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)

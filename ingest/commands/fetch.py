"""The command ``localism-ingest fetch``: download originals from the addresses in the catalogue, only when asked.

Comes in: ids of the catalogue. Goes out: files in corpus/documents, their hashes in the catalogue, a line for each; before
``--all`` which files, how large, and the question whether a person wants that. Refuses to build.
"""

import argparse
import http.client
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from index.errors import CatalogueError
from index.terminal.arguments import Commands
from ingest.catalogue.catalogue import CATALOGUE_FILE, Entry, read_catalogue
from ingest.catalogue.writer import record_digest
from ingest.errors import FetchRefused
from ingest.fetch.fetching import Fetched, fetch
from ingest.fetch.network import Network, PublicNetwork, WebAddress, announced_size
from ingest.settings import Settings

_YES = frozenset({"y", "yes"})
DONE, PROBLEMS, REFUSED = 0, 1, 2


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


def add_parser(commands: Commands, shared: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add ``fetch`` to ``commands``; ``shared`` brings --corpus and --json."""
    parser = commands.add_parser("fetch", parents=[shared], help="download originals from the addresses in the catalogue")
    parser.add_argument("ids", nargs="*", metavar="ID", help="of the catalogue (all that have an address)")
    parser.add_argument(
        "--all", action="store_true", help="all that have an address and are not here; says sizes and asks first"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=run)
    return parser


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Fetch what ``options`` name; 1 where one of them could not be fetched, 2 where nobody said yes to fetching all."""
    if options.all and options.ids:
        raise CatalogueError(f"Found --all beside {', '.join(options.ids)}. Name documents, or say --all, not both.")
    network = PublicNetwork()
    if not options.ids and not agreed(
        wanted_of(_chosen(options.corpus, []), network), console, None if options.yes else sys.stdin.readline
    ):
        console.print("Nothing was downloaded. Say yes to the question, or run it again with --yes.", markup=False)
        return REFUSED
    return fetch_all(options.corpus, options.ids, network, console, as_json=options.json)


def fetch_all(corpus: Path, ids: list[str], network: Network, console: Console, *, as_json: bool = False) -> int:
    """Fetch the entries of ``ids`` (or all with an address), record their hashes, and say what came of each.

    Raises:
        CatalogueError: an id is not in the catalogue, or nothing in it has an address.
    """
    outcomes = [_fetch_one(corpus, entry, network, console) for entry in _chosen(corpus, ids)]
    if as_json:
        sys.stdout.write(json.dumps({"documents": outcomes}, ensure_ascii=False, indent=2) + "\n")
    else:
        for outcome in outcomes:
            console.print(_sentence(outcome), markup=False, highlight=False, soft_wrap=True)
    return PROBLEMS if any(outcome["problem"] for outcome in outcomes) else DONE


def _chosen(corpus: Path, ids: list[str]) -> list[Entry]:
    entries = {entry.document.id: entry for entry in read_catalogue(corpus)}
    unknown = [name for name in ids if name not in entries]
    if unknown:
        raise CatalogueError(f"The catalogue has no entry {', '.join(map(repr, unknown))}; known are {', '.join(entries)}.")
    chosen = [entries[name] for name in dict.fromkeys(ids)] or [entry for entry in entries.values() if entry.fetch]
    if not chosen:
        raise CatalogueError(f"No entry of {corpus / CATALOGUE_FILE} has an address to fetch from. Add the key fetch to one.")
    return chosen


def _fetch_one(corpus: Path, entry: Entry, network: Network, console: Console) -> dict[str, str | bool]:
    try:
        with console.status(f"fetching {entry.document.id} …") as status:
            fetched = fetch(
                entry,
                network,
                arrived=lambda size, whole: status.update(
                    f"fetching {entry.document.id}: {size:,} bytes" + (f" of {whole:,}" if whole else "")
                ),
            )
        if fetched.downloaded and not entry.document.sha256:
            record_digest(corpus / CATALOGUE_FILE, entry.document.id, fetched.sha256)
    except FetchRefused as error:
        return {"id": entry.document.id, "downloaded": False, "sha256": "", "problem": str(error)}
    return {
        "id": fetched.id,
        "downloaded": fetched.downloaded,
        "sha256": fetched.sha256,
        "problem": _mismatch(entry, fetched),
    }


def _mismatch(entry: Entry, fetched: Fetched) -> str:
    wanted = entry.document.sha256
    if not wanted or wanted == fetched.sha256:
        return ""
    return f"{entry.path} is there and is left as it is, but has SHA-256 {fetched.sha256}; the catalogue expects {wanted}."


def _sentence(outcome: dict[str, str | bool]) -> str:
    if outcome["problem"]:
        return f"{outcome['id']}: {outcome['problem']}"
    if outcome["downloaded"]:
        return f"{outcome['id']}: fetched, SHA-256 {outcome['sha256']}. Build again to have it searched: localism-ingest build"
    return f"{outcome['id']}: is there already, SHA-256 {outcome['sha256']}. Nothing was downloaded."

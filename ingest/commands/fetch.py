"""The command ``localism-ingest fetch``: download originals from the addresses in the catalogue, only when asked.

Comes in: ids of the catalogue. Goes out: files in corpus/documents, their hashes in the catalogue, a line for each. Refuses to build.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from index.errors import CatalogueError
from ingest.catalogue.catalogue import CATALOGUE_FILE, Entry, read_catalogue
from ingest.catalogue.writer import record_digest
from ingest.commands.fetch_plan import agreed, wanted_of
from ingest.errors import FetchRefused
from ingest.fetch.fetching import Fetched, fetch
from ingest.fetch.network import Network, PublicNetwork
from ingest.settings import Settings

DONE, PROBLEMS, REFUSED = 0, 1, 2


def add_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser
) -> argparse.ArgumentParser:
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

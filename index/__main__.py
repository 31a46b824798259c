"""The command ``localism-index``: look into builds and measure them.

Exit codes: 0 done · 1 the build does not verify · 2 nothing was done, the message says why.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.build.layout import DEFAULT_BUILDS, live_build
from index.build.portable import add_parsers as add_portable
from index.build.reader import open_live_build, stats
from index.build.verification import verify_build
from index.errors import LocalismError
from index.evaluation.command import add_evaluate
from index.retrieval.searcher import Searcher
from index.version import add_version

DONE, DAMAGED, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options, console)
    except LocalismError as error:
        console.print(str(error), markup=False, highlight=False)
        return REFUSED
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="localism-index", description="Look into the index and measure it.")
    add_version(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--index", type=Path, default=DEFAULT_BUILDS, metavar="DIR", help="folder of the builds (%(default)s)")
    shared.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    search = commands.add_parser("search", parents=[shared], help="print the passages found, without any threshold")
    search.add_argument("question", help="in plain words, in quotation marks")
    search.add_argument("--limit", type=_at_least_one, default=5, metavar="N", help="how many passages (%(default)s)")
    search.add_argument("--document", metavar="ID", help="look in this document only")
    search.set_defaults(run=_search)
    commands.add_parser("stats", parents=[shared], help="say what the live build holds").set_defaults(run=_stats)
    commands.add_parser("verify", parents=[shared], help="check the live build to the last byte").set_defaults(run=_verify)
    add_evaluate(commands, shared)
    add_portable(commands, shared)
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _search(options: argparse.Namespace, console: Console) -> int:
    build = open_live_build(options.index)
    documents = [options.document] if options.document else None
    searcher = Searcher(build)
    findings = searcher.search(options.question, options.limit, documents)
    confidence = searcher.abstention().decide(options.question, findings.evidence).confidence
    hits = [
        {
            "rank": hit.rank,
            "score": round(hit.score, 4),
            "contributions": {view: round(share, 4) for view, share in hit.contributions.items()},
            "id": hit.passage.id,
            "document": hit.passage.document_id,
            "page": hit.passage.page_number,
            "section": " > ".join(hit.passage.section),
            "text": hit.passage.text,
        }
        for hit in findings.hits
    ]
    if options.json:
        print(json.dumps({"build": build.id, "confidence": round(confidence, 4), "hits": hits}, ensure_ascii=False, indent=2))
        return DONE
    print(f"confidence {confidence:.2f}, build {build.id}")
    for found in hits:
        print(
            f"\n{found['rank']}. {found['score']:.3f} {found['document']} p. {found['page']} {found['section']}\n{found['text']}"
        )
    return DONE


def _stats(options: argparse.Namespace, console: Console) -> int:
    build = open_live_build(options.index)
    numbers = stats(build)
    if options.json:
        print(json.dumps(numbers, ensure_ascii=False, indent=2))
        return DONE
    for name, value in numbers.items():
        if name != "per_document":
            print(f"{name}: {value}")
    table = Table("document", "passages", box=None)
    for document in numbers["per_document"]:
        table.add_row(document["id"], str(document["passages"]))
    Console().print(table)
    return DONE


def _verify(options: argparse.Namespace, console: Console) -> int:
    folder = live_build(options.index)
    problems = verify_build(folder)
    if options.json:
        print(json.dumps({"build": folder.name, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            print(problem)
        print(f"Build {folder.name}: {len(problems)} problems." if problems else f"Build {folder.name} is whole.")
    return DAMAGED if problems else DONE


if __name__ == "__main__":
    sys.exit(main())

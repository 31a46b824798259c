"""The command ``localism-index``: look into builds and measure them.

Exit codes: 0 done · 1 the build does not verify · 2 nothing was done, the message says why.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from index.build.history import publish
from index.build.layout import live_build
from index.build.lock import builds_lock
from index.build.moving import export_build, import_build
from index.build.reader import Build, open_live_build, stats
from index.build.verification import how_whole, verify_build
from index.errors import LocalismError
from index.evaluation.command import add_evaluate
from index.retrieval.searcher import Hit, Searcher
from index.settings import Settings, read_settings
from index.terminal.arguments import Commands, add_question, new_parser, parse, question_of
from index.terminal.tables import print_table

DONE, DAMAGED, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    try:
        options = parse(_parser(read_settings()), arguments)
        code: int = options.run(options, console)
    except LocalismError as error:
        console.print(str(error), markup=False, highlight=False)
        return REFUSED
    except KeyboardInterrupt:
        return 130
    return code


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = new_parser("localism-index", "Look into the index and measure it.")
    commands = parser.add_subparsers(metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--index", type=Path, default=settings.index, metavar="DIR", help="folder of the builds (%(default)s)")
    shared.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    search = commands.add_parser("search", parents=[shared], help="print the passages found, without any threshold")
    add_question(search)
    search.add_argument("--limit", type=_at_least_one, default=5, metavar="N", help="how many passages (%(default)s)")
    search.add_argument("--document", metavar="ID", help="look in this document only")
    search.set_defaults(run=_search)
    commands.add_parser("stats", parents=[shared], help="say what the live build holds").set_defaults(run=_stats)
    commands.add_parser("verify", parents=[shared], help="check the live build to the last byte").set_defaults(run=_verify)
    add_evaluate(commands, shared, settings.corpus)
    _add_moving(commands, shared)
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _search(options: argparse.Namespace, console: Console) -> int:
    question = question_of("localism-index search", options.question)
    build = open_live_build(options.index)
    documents = [options.document] if options.document else None
    searcher = Searcher(build)
    findings = searcher.search(question, options.limit, documents)
    confidence = searcher.abstention().decide(question, findings.evidence).confidence
    hits = [_shown(hit, build) for hit in findings.hits]
    if options.json:
        print(json.dumps({"build": build.id, "confidence": round(confidence, 4), "hits": hits}, ensure_ascii=False, indent=2))
        return DONE
    out = Console(highlight=False)
    out.print(f"confidence {confidence:.2f}, build {build.id}")
    for found in hits:
        page = f"p. {found['page']}" if found["page"] else ""
        where = " ".join(part for part in (found["document"], page, found["section"]) if part)
        out.print(f"\n{found['rank']}. {found['score']:.3f} {where}\n{found['text']}", markup=False)
    return DONE


def _shown(hit: Hit, build: Build) -> dict[str, Any]:
    passage = hit.passage
    page = build.records.page(passage.document_id, passage.page_number)
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "contributions": {view: round(share, 4) for view, share in hit.contributions.items()},
        "id": passage.id,
        "document": passage.document_id,
        "page": passage.page_number if page.paged else None,
        "section": " > ".join(passage.section),
        "text": passage.text,
    }


def _stats(options: argparse.Namespace, console: Console) -> int:
    build = open_live_build(options.index)
    numbers = stats(build)
    if options.json:
        print(json.dumps(numbers, ensure_ascii=False, indent=2))
        return DONE
    documents = numbers.pop("per_document")
    out = Console(highlight=False)
    for line in _lines(numbers, ""):
        out.print(line, markup=False, soft_wrap=True)
    out.print()
    rows = [(document["id"], document["passages"]) for document in documents]
    print_table(out, ("document", "passages"), rows, right={"passages"})
    return DONE


def _lines(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield a line for each of ``values``; what holds values of its own has them below it, further in."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _lines(value, f"{indent}  ")
        else:
            yield f"{indent}{name}: {value}"


def _verify(options: argparse.Namespace, console: Console) -> int:
    folder = live_build(options.index)
    problems = verify_build(folder)
    if options.json:
        print(json.dumps({"build": folder.name, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            print(problem)
        print(f"Build {folder.name}: {len(problems)} problems." if problems else f"Build {folder.name} {how_whole(folder)}.")
    return DAMAGED if problems else DONE


def _add_moving(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``export`` and ``import`` to ``commands``; ``shared`` brings --index and --json."""
    export = commands.add_parser("export", parents=[shared], help="write a build into one file")
    export.add_argument("file", type=Path, metavar="FILE", help="file to write: name.tar.gz")
    export.add_argument("--build", metavar="ID", help="the build; without it the live one")
    export.set_defaults(run=_export)
    importing = commands.add_parser("import", parents=[shared], help="take a build out of one file and make it live")
    importing.add_argument("file", type=Path, metavar="FILE", help="file that export wrote")
    importing.add_argument("--keep-live", action="store_true", help="put it beside the live build and switch later")
    importing.set_defaults(run=_import)


def _export(options: argparse.Namespace, *_: object) -> int:
    build = options.build or live_build(options.index).name
    size = export_build(options.index, build, options.file)
    _say(
        options,
        {"build": build, "file": str(options.file), "bytes": size},
        f"Build {build} is in {options.file}: {size:,} bytes.",
    )
    return DONE


def _import(options: argparse.Namespace, *_: object) -> int:
    with builds_lock(options.index, "localism-index import"):
        build = import_build(options.index, options.file)
        if not options.keep_live:
            publish(options.index, build)
    state = "is here, beside the live build" if options.keep_live else "is live"
    _say(options, {"build": build, "live": not options.keep_live}, f"Build {build} {state}.")
    return DONE


def _say(options: argparse.Namespace, given: dict[str, object], sentence: str) -> None:
    print(json.dumps(given, indent=2) if options.json else sentence)


if __name__ == "__main__":
    sys.exit(main())

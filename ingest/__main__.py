"""The command ``localism-ingest``: make and keep the index.

Exit codes: 0 done · 1 the corpus has problems (check) or a document could not be read · 2 nothing was done, the message says why.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from index.errors import BuildError, LocalismError
from index.splitting import Geometry
from ingest.check import problems_of
from ingest.corpus import Corpus, open_corpus
from ingest.pipeline import Outcome, Recipe, build_index, json_of, up_to_date
from ingest.progress import ProgressBars, Silence
from ingest.reading import ReadingOptions
from ingest.report import DocumentReport
from ingest.settings import Settings, read_settings

DONE, PROBLEMS, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    try:
        settings = read_settings()
        options = _parser(settings).parse_args(arguments)
        logging.basicConfig(
            level=logging.WARNING, format="%(message)s", handlers=[RichHandler(console=console, show_path=False)]
        )
        code: int = options.run(options, settings, console)
    except LocalismError as error:
        console.print(f"[red]{'Refused' if 'options' in locals() else 'Error'}:[/red] ", end="")
        console.print(str(error), markup=False, highlight=False)
        return REFUSED
    except KeyboardInterrupt:
        console.print("Stopped. The live index is as it was.")
        return 130
    return code


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="localism-ingest", description="Make and keep the index of the corpus.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--corpus", type=Path, default=settings.corpus, metavar="DIR", help="folder of the corpus (%(default)s)"
    )
    shared.add_argument("--index", type=Path, default=settings.index, metavar="DIR", help="folder of the builds (%(default)s)")
    shared.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    build = commands.add_parser("build", parents=[shared], help="read, split, embed, and publish a new build")
    build.add_argument("--force", action="store_true", help="build even if the live build was made from exactly this corpus")
    build.set_defaults(run=_build)
    check = commands.add_parser("check", parents=[shared], help="name every problem of the corpus with its file and line")
    check.set_defaults(run=_check)
    return parser


def _recipe(settings: Settings) -> Recipe:
    return Recipe(settings.model, Geometry(), ReadingOptions(ocr=settings.ocr), settings.keep_builds)


def _build(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    corpus, recipe = open_corpus(options.corpus), _recipe(settings)
    live = None if options.force else _live_and_fitting(corpus, options.index, recipe, console)
    if live:
        outcome = Outcome(live, False, (), corpus.warnings)
    elif options.json:
        outcome = build_index(corpus, options.index, recipe, Silence())
    else:
        with ProgressBars(console) as progress:
            outcome = build_index(corpus, options.index, recipe, progress)
    if options.json:
        print(json.dumps(json_of(outcome), ensure_ascii=False, indent=2))
    else:
        _print_outcome(outcome, corpus, console)
    return PROBLEMS if any(report.reason for report in outcome.reports) else DONE


def _live_and_fitting(corpus: Corpus, builds: Path, recipe: Recipe, console: Console) -> str | None:
    try:
        return up_to_date(corpus, builds, recipe)
    except BuildError as error:
        console.print(f"The live build cannot be used and is made again: {error}", markup=False, highlight=False)
        return None


def _check(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    problems = problems_of(options.corpus, ReadingOptions(ocr=settings.ocr))
    if options.json:
        print(json.dumps({"problems": problems}, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            console.print(problem, markup=False, highlight=False, soft_wrap=True)
        console.print(f"{len(problems)} problems." if problems else "The corpus is in order.")
    return PROBLEMS if problems else DONE


def _print_outcome(outcome: Outcome, corpus: Corpus, console: Console) -> None:
    if outcome.reports:
        console.print(_table(outcome.reports))
    for warning in outcome.warnings:
        console.print(f"Warning: {warning}", style="yellow", markup=False, highlight=False)
    if corpus.missing:
        names = ", ".join(entry.document.id for entry in corpus.missing)
        console.print(f"Not held (the notes stand in for them): {names}", highlight=False)
    passages = sum(report.passages for report in outcome.reports)
    done = f"is live, {passages} passages" if outcome.changed else "is live and up to date: nothing has changed"
    console.print(f"Build {outcome.build} {done}.", highlight=False)


def _table(reports: Sequence[DocumentReport]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name, justify in (("document", "left"), ("pages", "right"), ("read", "right"), ("passages", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]  # rich's Literal is not inferred from a tuple
    table.add_column("what was not read")
    for report in reports:
        table.add_row(report.document_id, str(report.pages), str(report.read), str(report.passages), _not_read(report))
    return table


def _not_read(report: DocumentReport) -> str:
    if report.reason:
        return report.reason
    left = [outcome for outcome in report.outcomes if outcome.reason]
    return "; ".join(f"p. {outcome.number}: {outcome.reason}" for outcome in left[:3]) + (" …" if len(left) > 3 else "")


if __name__ == "__main__":
    sys.exit(main())

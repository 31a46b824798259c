"""The command ``localism-index evaluate``: measure on a labelled set, or on the golden questions of the corpus.

Comes in: options of the command line. Goes out: figures on standard output. Refuses to measure: see index.evaluation.labelled_set and
index.evaluation.golden_run.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from index.build.reader import open_live_build
from index.encoders.full import PACKAGED_MODEL
from index.errors import BenchmarkSetError
from index.evaluation.golden import QUESTIONS_FILE, GoldenQuestion, read_golden
from index.evaluation.golden_run import GoldenReport, Outcome, Tally, evaluate_golden
from index.installation import data_folder
from index.terminal.arguments import Commands
from index.terminal.tables import print_table

PARTS = ("tuned", "held-back", "all")
DEFAULT_CORPUS = data_folder() / "corpus"
COLUMNS = ("answer", "1st", "1–3", "lost", "refuse", "kept")
LEGEND = (
    "answer: questions that the corpus answers · 1st, 1–3: the right passage stands first, among the first three · "
    "lost: refused though answered · refuse: questions to refuse · kept: refused"
)
_DONE = 0


def add_evaluate(commands: Commands, shared: argparse.ArgumentParser, corpus: Path) -> None:
    """Add ``evaluate`` to ``commands``; ``shared`` brings --index and --json, ``corpus`` is asked where none is named."""
    parser = commands.add_parser("evaluate", parents=[shared], help="measure retrieval and refusal")
    golden = parser.add_argument_group("on the golden questions, asked of the live build")
    golden.add_argument("--golden", action="store_true", help="ask the golden questions of the corpus")
    golden.add_argument("--corpus", type=Path, default=corpus, metavar="DIR", help="folder of the corpus (%(default)s)")
    golden.add_argument("--part", choices=PARTS, default="tuned", help="which questions (%(default)s)")
    golden.add_argument("--failures", action="store_true", help="list the questions that came out wrong")
    labelled = parser.add_argument_group("on a labelled set, of which a throw-away index is made")
    labelled.add_argument("--docs", type=Path, metavar="D.jsonl", help='{"id", "title", "text"} a line')
    labelled.add_argument("--queries", type=Path, metavar="Q.jsonl", help='{"id", "text", "answerable"} a line')
    labelled.add_argument("--qrels", type=Path, metavar="R.tsv", help="question, document, grade, by tabs")
    labelled.add_argument(
        "--unanswerable", type=Path, metavar="U.jsonl", help="more questions that nothing in the set answers"
    )
    labelled.add_argument(
        "--model", default=PACKAGED_MODEL, help="embedding model: the packaged one, a folder, a name on the hub"
    )
    parser.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace, console: Console) -> int:
    return _golden(options) if options.golden else _labelled(options, console)


def _labelled(options: argparse.Namespace, console: Console) -> int:
    if not (options.docs and options.queries and options.qrels):
        raise BenchmarkSetError("Say what to measure on: --golden, or --docs, --queries and --qrels together.")
    # Only this needs a full model; the other commands run from the base install.
    from index.encoders.full import SentenceTransformerEmbedder
    from index.evaluation.benchmark_sets import read_set
    from index.evaluation.labelled_set import evaluate

    labelled = read_set(options.docs, options.queries, options.qrels, options.unanswerable)
    embedder = SentenceTransformerEmbedder(options.model)
    with console.status("embedding …") as status:
        figures = asdict(
            evaluate(labelled, embedder, lambda done, total: status.update(f"embedding {done:,} of {total:,} texts"))
        )
    out = Console()
    if options.json:
        _print_json(figures)
    else:
        for name, value in figures.items():
            out.print(f"{name}: {value if value is not None else 'no unanswerable questions in this set'}", highlight=False)
    return _DONE


def _golden(options: argparse.Namespace) -> int:
    questions = questions_of_part(options.corpus, options.part)
    build = open_live_build(options.index)
    try:
        report = evaluate_golden(build, questions)
    finally:
        build.close()
    if options.json:
        _print_json(json_of(report, options.part, options.failures))
    else:
        _print_report(report, options.part, options.failures)
    return _DONE


def questions_of_part(corpus: Path, part: str) -> list[GoldenQuestion]:
    """Return the golden questions of one part of ``corpus``.

    Raises:
        BenchmarkSetError: there are none, or the file cannot be used.
    """
    questions = [
        question
        for question in read_golden(corpus / QUESTIONS_FILE)
        if part == "all" or question.held_back == (part == "held-back")
    ]
    if not questions:
        raise BenchmarkSetError(
            f"{corpus / QUESTIONS_FILE} holds no questions of the part {part!r}. Name the corpus: --corpus."
        )
    return questions


def json_of(report: GoldenReport, part: str, failures: bool) -> dict[str, Any]:
    """Return ``report`` as a JSON object."""
    groups = {name: _tallies(getattr(report, name)) for name in ("per_document", "per_kind", "per_verdict")}
    listed = {"failures": [_failure(outcome) for outcome in report.failures]} if failures else {}
    return {"build": report.build, "part": part, "whole": asdict(report.whole), **groups, **listed}


def _tallies(tallies: Mapping[str, Tally]) -> dict[str, dict[str, int]]:
    return {name: asdict(tally) for name, tally in tallies.items()}


def _failure(outcome: Outcome) -> dict[str, Any]:
    question = outcome.question
    return {
        "id": question.id,
        "text": question.text,
        "wanted": [f"{place.document}: {place.section}" for place in question.answers] or question.why,
        "found": [f"{place.document}: {place.section}" for place in outcome.found],
        "rank": outcome.rank,
        "confidence": round(outcome.confidence, 3),
        "status": outcome.status.value,
        "signpost": outcome.signpost,
    }


def _print_json(value: dict[str, Any]) -> None:
    Console(soft_wrap=True, markup=False, highlight=False).print(json.dumps(value, ensure_ascii=False, indent=2))


def _print_report(report: GoldenReport, part: str, failures: bool) -> None:
    out = Console(highlight=False)
    out.print(f"Golden questions, part {part}, build {report.build}")
    out.print(LEGEND)
    out.print()
    for title, tallies in (
        ("whole", {"all": report.whole}),
        ("document", report.per_document),
        ("kind", report.per_kind),
        ("verdict", report.per_verdict),
    ):
        print_table(out, (title, *COLUMNS), [row_of(name, tally) for name, tally in tallies.items()], right=COLUMNS)
        out.print()
    if failures:
        for outcome in report.failures:
            out.print()
            out.print("\n".join(_lines(outcome)), markup=False, soft_wrap=True)


def _lines(outcome: Outcome) -> list[str]:
    failure = _failure(outcome)
    wanted = failure["wanted"] if isinstance(failure["wanted"], list) else [f"a refusal ({failure['wanted']})"]
    return [
        f"{failure['id']}  {failure['text']}",
        f"  {failure['status']} at {failure['confidence']:.2f}"
        + (f", signpost {outcome.signpost}" if outcome.signpost else ""),
        *(f"  wanted  {place}" for place in wanted),
        *(f"  found {rank} {place}" for rank, place in enumerate(failure["found"], start=1)),
    ]


def row_of(name: str, tally: Tally) -> tuple[str, ...]:
    """Return ``tally`` as the cells of a line that begins with ``name``; the others are under ``COLUMNS``."""
    answerable, refusable = tally.answerable, tally.refusable
    return (
        name,
        str(answerable),
        share(tally.first, answerable),
        share(tally.in_three, answerable),
        share(tally.refused_wrongly, answerable),
        str(refusable),
        share(tally.refused, refusable),
    )


def share(count: int, of: int) -> str:
    """Return ``count`` of ``of`` in per cent, or a dash where there is nothing to count."""
    return f"{100 * count / of:.1f} %" if of else "–"

"""The command ``localism``: ask in a terminal, or serve page, API and Discord bot.

Exit codes: 0 answered · 1 not found · 2 nothing was done, the message says why.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from rich.console import Console

from bot.answering.limits import DEFAULT_PASSAGES
from bot.runtime.logs import start_logging
from bot.settings import MOST_WORKERS, Settings, checked_token, processes, read_settings
from index.errors import LocalismError
from index.terminal.arguments import add_question, new_parser, parse, question_of

ANSWERED, NOT_FOUND, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        settings = read_settings()
        options = parse(_parser(settings), arguments)
        start_logging(settings.log_level)
        code: int = options.run(options, settings)
    except LocalismError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        return REFUSED
    except KeyboardInterrupt:
        return 130
    return code


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = new_parser("localism", "Ask the sources, or serve them.")
    commands = parser.add_subparsers(metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--index", type=Path, default=settings.index, metavar="DIR", help="folder of the builds (%(default)s)")
    ask = commands.add_parser("ask", parents=[shared], help="print the passages that answer a question")
    add_question(ask)
    ask.add_argument(
        "--limit", type=int, default=DEFAULT_PASSAGES, metavar="N", help="how many passages at most (%(default)s)"
    )
    ask.add_argument("--document", metavar="ID", help="look in this document only")
    ask.add_argument(
        "--after", action="append", default=[], metavar="QUESTION", help="an earlier question that this one follows"
    )
    ask.add_argument("--json", action="store_true", help="print the answer object and nothing else")
    ask.set_defaults(run=_ask)
    serve = commands.add_parser("serve", parents=[shared], help="serve page and API, and Discord where a token is set")
    serve.add_argument("--host", default=settings.host, help="address to listen on (%(default)s)")
    serve.add_argument("--port", type=int, default=settings.port, help="port to listen on (%(default)s)")
    serve.add_argument(
        "--workers", type=_workers, default=settings.workers, metavar="N", help="processes that answer, or auto (%(default)s)"
    )
    serve.set_defaults(run=_serve)
    doctor = commands.add_parser(
        "doctor", parents=[shared], help="print how this installation stands, for a report of a fault"
    )
    doctor.set_defaults(run=_doctor)
    pull = commands.add_parser(
        "pull", parents=[shared], help="take the build that another machine has published, and make it live"
    )
    pull.add_argument("source", metavar="URL|DIR", help="where its folder of builds is: a folder, or http(s)://…")
    pull.add_argument(
        "--keep", type=int, default=2, metavar="N", help="how many builds to keep, the live one included (%(default)s)"
    )
    pull.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="wait for another run to end (%(default)s)")
    pull.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    pull.set_defaults(run=_pull)
    mcp = commands.add_parser("mcp", parents=[shared], help="answer one program over standard input and output (MCP)")
    mcp.set_defaults(run=_mcp)
    report = commands.add_parser("report", help="print what was asked and not found, and what people said of passages")
    report.add_argument("--csv", action="store_true", help="print the questions as CSV and nothing else")
    report.set_defaults(run=_report)
    return parser


# Each command brings in what it needs itself: asking starts without the web libraries, and where several processes serve, the one
# that only watches over them stays small.


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from bot.answering.answer_json import answer_json
    from bot.answering.answer_service import AnswerService
    from bot.answering.answers import Status
    from bot.answering.terminal import print_answer
    from index.build.reader import open_live_build
    from index.engines.opening import open_engine

    question = question_of("localism ask", options.question)
    service = AnswerService(open_live_build(options.index, open_engine(settings.engine)))
    answer = service.answer(question, options.limit, options.document, options.after)
    if options.json:
        print(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))
    else:
        public = f"{settings.public_url.rstrip('/')}{settings.base_path}" if settings.public_url else ""
        print_answer(answer, Console(highlight=False), public)
    return NOT_FOUND if answer.status is Status.NOT_FOUND else ANSWERED


def _report(options: argparse.Namespace, settings: Settings) -> int:
    from bot.state.report_command import print_reports, questions_csv

    if options.csv:
        print(questions_csv(settings), end="")
    else:
        print_reports(settings, Console(highlight=False))
    return ANSWERED


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from bot.runtime.doctor import report

    print(report(options.index, settings))
    return ANSWERED


def _mcp(options: argparse.Namespace, settings: Settings) -> int:
    from bot.answering.answer_source import LiveAnswers
    from bot.runtime.mcp_choices import run_mcp
    from index.engines.opening import open_engine

    service = LiveAnswers(options.index, engine=open_engine(settings.engine))
    service.start()
    try:
        run_mcp(service, settings)
    finally:
        service.stop()
    return ANSWERED


def _pull(options: argparse.Namespace, _: Settings) -> int:
    from index.build.lock import builds_lock
    from index.build.published import published_at
    from index.build.pulling import pull

    with builds_lock(options.index, "localism pull", options.wait):
        pulled = pull(options.index, published_at(options.source), max(options.keep, 1))
    if options.json:
        print(json.dumps(asdict(pulled), indent=2))
    elif not pulled.changed:
        print(f"Build {pulled.build} is live already.")
    else:
        here = f", {pulled.taken_over} of them were here already" if pulled.taken_over else ""
        print(f"Build {pulled.build} is live: {pulled.files} files{here}; {pulled.moved:,} bytes were moved.")
    return ANSWERED


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from bot.runtime.first_build import build_first
    from bot.runtime.server import serve

    build_first(options.index)
    checked_token(settings.admin_token.get_secret_value() if settings.admin_token else "")
    return serve(options.index, options.host, options.port, processes(options.workers), settings)


def _workers(text: str) -> int | Literal["auto"]:
    if text == "auto":
        return "auto"
    if text.isdecimal() and 1 <= int(text) <= MOST_WORKERS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 1 to {MOST_WORKERS} nor auto")


if __name__ == "__main__":
    sys.exit(main())

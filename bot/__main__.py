"""The command ``localism``: ask in a terminal, or serve page, API and Discord bot.

Exit codes: 0 answered · 1 not found · 2 nothing was done, the message says why.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bot.answer_json import answer_json
from bot.answers import DEFAULT_PASSAGES, AnswerService, Status
from bot.report_command import print_reports, questions_csv
from bot.settings import Settings, read_settings
from bot.terminal import print_answer
from index.build import open_live_build
from index.errors import LocalismError

ANSWERED, NOT_FOUND, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        settings = read_settings()
        options = _parser(settings).parse_args(arguments)
        logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        code: int = options.run(options, settings)
    except LocalismError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        return REFUSED
    except KeyboardInterrupt:
        return 130
    return code


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="localism", description="Ask the sources, or serve them.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--index", type=Path, default=settings.index, metavar="DIR", help="folder of the builds (%(default)s)")
    ask = commands.add_parser("ask", parents=[shared], help="print the passages that answer a question")
    ask.add_argument("question", help="in plain words, in quotation marks")
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
    serve.set_defaults(run=_serve)
    report = commands.add_parser("report", help="print what was asked and not found, and what people said of passages")
    report.add_argument("--csv", action="store_true", help="print the questions as CSV and nothing else")
    report.set_defaults(run=_report)
    return parser


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    service = AnswerService(open_live_build(options.index))
    answer = service.answer(options.question, options.limit, options.document, options.after)
    if options.json:
        print(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))
    else:
        print_answer(answer, Console(highlight=False))
    return NOT_FOUND if answer.status is Status.NOT_FOUND else ANSWERED


def _report(options: argparse.Namespace, settings: Settings) -> int:
    if options.csv:
        print(questions_csv(settings), end="")
    else:
        print_reports(settings, Console(highlight=False))
    return ANSWERED


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    # Only serving needs the web and Discord libraries; asking in a terminal starts without them.
    from bot.server import serve

    return serve(options.index, options.host, options.port, settings)


if __name__ == "__main__":
    sys.exit(main())

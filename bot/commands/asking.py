"""``localism ask`` and ``localism mcp``: answer in this terminal, once to a person, or again and again to one program.

Comes in: what was typed and the settings. Goes out: an answer, and an exit code. Refuses to know how questions are answered. Starts
without the web libraries.
"""

import argparse
import json
import sys

from rich.console import Console

from bot.answering.limits import DEFAULT_PASSAGES
from bot.settings import Settings
from index.terminal.arguments import Commands, add_question, question_of

ANSWERED, NOT_FOUND = 0, 1


def add_asking(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``ask`` and ``mcp`` to ``commands``; ``shared`` brings --index."""
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
    mcp = commands.add_parser("mcp", parents=[shared], help="answer one program over standard input and output (MCP)")
    mcp.set_defaults(run=_mcp)


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from bot.answering.answer_service import AnswerService
    from bot.answering.answer_text import answer_json, print_answer
    from bot.answering.answers import Status
    from index.build.reader import open_live_build
    from index.engines.opening import opened_engine

    question = question_of("localism ask", options.question)
    with opened_engine(settings.engine) as engine:
        service = AnswerService(open_live_build(options.index, engine))
        answer = service.answer(question, options.limit, options.document, options.after)
    if options.json:
        sys.stdout.write(f"{json.dumps(answer_json(answer), ensure_ascii=False, indent=2)}\n")
    else:
        public = f"{settings.public_url.rstrip('/')}{settings.base_path}" if settings.public_url else ""
        print_answer(answer, Console(highlight=False), public)
    return NOT_FOUND if answer.status is Status.NOT_FOUND else ANSWERED


def _mcp(options: argparse.Namespace, settings: Settings) -> int:
    from bot.answering.answer_source import LiveAnswers
    from bot.runtime.mcp_choices import run_mcp
    from index.engines.opening import opened_engine

    with opened_engine(settings.engine) as engine:
        service = LiveAnswers(options.index, engine=engine)
        service.start()
        try:
            run_mcp(service, settings)
        finally:
            service.stop()
    return ANSWERED

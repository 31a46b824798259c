"""What the processes of the server say of themselves, and how.

Comes in: a level. Goes out: lines on the standard error stream, one for each thing said. Refuses to know what is said: never a
question, never who asked; and to hand on a control character, with which an address that somebody made up could write a line of its
own or speak to the terminal of who reads the log.
"""

import logging
import re
from copy import copy
from logging import Formatter, LogRecord, StreamHandler
from types import TracebackType
from typing import TypeAlias

from typing_extensions import override

# C0, DEL and C1 (ESC, NEL and CSI among them), line and paragraph separators, and marks that turn the direction of what follows.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_FOLLOWING = "  | "  # before each line of a traceback, so that no line of it can pass for a line of the log


def start_logging(level: str) -> None:
    """Say what is of ``level`` (DEBUG, INFO, WARNING or ERROR) and above."""
    handler = StreamHandler()
    handler.setFormatter(OneLineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)  # tells at length which instructions it tries


class OneLineFormatter(Formatter):
    """Writes each control character as its escape, and a traceback as lines that begin apart from all others."""

    @override
    def format(self, record: LogRecord) -> str:
        own = copy(record)
        own.exc_text = None  # the traceback as another handler may have written it
        return super().format(own)

    @override
    def formatMessage(self, record: LogRecord) -> str:
        return visible(super().formatMessage(record))

    @override
    def formatException(self, ei: _Raised) -> str:
        return _following(super().formatException(ei))

    @override
    def formatStack(self, stack_info: str) -> str:
        return _following(stack_info)


def visible(text: str) -> str:
    r"""Return ``text`` with each control character written as its escape: ESC becomes ``\x1b``."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _following(text: str) -> str:
    return "\n".join(_FOLLOWING + visible(line) for line in text.split("\n"))

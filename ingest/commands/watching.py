"""``watch``: build whenever the corpus has changed and come to rest.

Comes in: a context. Goes out: one summary for each batch of changes. Refuses to build while a file is still growing.

The corpus is looked at, which takes 1.2 ms for 66 files: the system tells nothing of a shared folder that another machine changes, and
docs/decisions/0019-libraries-for-plumbing.md says what a library missed there.
"""

import json
import math
import time
import traceback
from pathlib import Path

from index.errors import BuildError, LocalismError
from ingest.commands.building import code_of, make
from ingest.commands.context import DONE, FAULT, REFUSED, CommandContext
from ingest.commands.telling import tell_outcome
from ingest.readers.sound_letters import shown_name

RETRY_SECONDS = 30.0  # until a build is tried again that failed because of another run, or of the disk

_REPORT = "this is a fault of the program, please report it. The watch goes on and builds after the next change"

Look = dict[str, tuple[int, int, int]]
"""Path to size in bytes, time of last change in nanoseconds, and inode."""


def watch(context: CommandContext) -> int:
    """Build once, then after every change that has come to rest, until interrupted."""
    built, before, batches, code, again = Look(), Look(), 0, DONE, math.inf
    context.say(f"Watching {context.corpus}. Stop with Ctrl-C.")
    while True:
        now = look(context.corpus)
        # Two equal looks in a row: nothing is being copied any more.
        if now == before and (now != built or time.monotonic() >= again):
            code, may_pass = _batch(context)
            built, batches, again = now, batches + 1, time.monotonic() + RETRY_SECONDS if may_pass else math.inf
            if batches == context.options.batches:
                return code
        before = now
        time.sleep(context.options.every)


def look(corpus: Path) -> Look:
    """Return how the files of the corpus are at this moment, hidden ones left out."""
    seen: Look = {}
    for path in corpus.rglob("*"):
        name = path.relative_to(corpus)
        if any(part.startswith(".") for part in name.parts):
            continue
        try:
            found = path.stat()
        except OSError:
            continue  # gone between the listing and the look
        seen[name.as_posix()] = (found.st_size, found.st_mtime_ns, found.st_ino)
    return seen


def _batch(context: CommandContext) -> tuple[int, bool]:
    """Build once; returns the exit code, and whether what went wrong may pass though the corpus stays as it is."""
    try:
        outcome = make(context)
    except (LocalismError, OSError) as error:
        return _failed(context, str(error), REFUSED), isinstance(error, BuildError | OSError)
    except Exception as error:  # noqa: BLE001  a fault of this program ends one batch, not the watch; it is told by name
        context.say(traceback.format_exc())
        return _failed(context, f"an unexpected error, {type(error).__name__}: {error}; {_REPORT}", FAULT), False
    tell_outcome(context, outcome)
    _give_line(context, outcome.json())
    return code_of(outcome), False


def _failed(context: CommandContext, sentence: str, code: int) -> int:
    context.say(f"The live index is as it was: {sentence}", "red")
    _give_line(context, {"error": sentence})
    return code


def _give_line(context: CommandContext, given: dict[str, object]) -> None:
    if context.json:
        # One line for each batch: a program that follows reads line by line.
        print(shown_name(json.dumps(given, ensure_ascii=False)), flush=True)  # noqa: T201  # the output of the command

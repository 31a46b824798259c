"""Run ``localism-ingest`` in a process that a test has forked, stop it at one step for good, and kill it there.

Comes in: the name of a step, and a command. Goes out: nothing but what the command had left on disk when it was killed.
Production code knows nothing of this: the step's function is replaced here. The model is the tests' own.
"""

import os
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

from index.build import history
from index.build.layout import JOINING, POINTER
from ingest.__main__ import main as command
from tests.fake_model import fake_model
from tests.ingest.conftest import Workshop

PAUSED = b"paused"
_said: list[int] = []  # the pipe


def _pause(*_: object, **__: object) -> None:
    os.write(_said[0], PAUSED)
    signal.pause()


def _when(wanted: Callable[..., bool], real: Callable[..., Any], after: bool = False) -> Callable[..., Any]:
    """Return ``real`` with a pause before it, or after it, where the arguments are the wanted ones."""

    def stepping(*arguments: Any, **named: Any) -> Any:
        if not wanted(*arguments):
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        return _pause()

    return stepping


def _is_pointer(draft: Path, target: Path) -> bool:
    return Path(target).name == POINTER


def _is_joining(folder: Path, *_: object) -> bool:
    return Path(folder).name == JOINING


def _always(*_: object) -> bool:
    return True


def _half_removed(folder: Path) -> None:
    """Remove every other file of a build and pause."""
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file())[::2]:
        path.unlink()
    _pause()


STEPS: dict[str, Callable[[], Any]] = {
    "before the switch": lambda: mock.patch.object(Path, "replace", _when(_is_pointer, Path.replace)),
    "after the switch": lambda: mock.patch.object(Path, "replace", _when(_is_pointer, Path.replace, after=True)),
    "while the first note is written": lambda: mock.patch("index.build.layout.os.fsync", _when(_always, os.fsync)),
    "before a build is put away": lambda: mock.patch.object(Path, "rename", _when(_always, Path.rename)),
    "after a build is put away": lambda: mock.patch.object(Path, "rename", _when(_always, Path.rename, after=True)),
    "half a build removed": lambda: mock.patch("index.build.history.shutil.rmtree", _half_removed),
    "before a shard is kept": lambda: mock.patch("index.build.pulling._keep", _pause),
    "before a shard is unpacked": lambda: mock.patch("index.build.moving.tarfile.TarFile.extractfile", _pause),
    "before the build is finished": lambda: mock.patch("index.build.writer.BuildWriter.finish", _pause),
    "before the shards are forgotten": lambda: mock.patch("ingest.sharing.joining.rmtree", _when(_is_joining, shutil.rmtree)),
    "before the standing is noted": lambda: mock.patch.object(history, "note_hold_reason", _pause),
}


def run_paused(step: str, arguments: Sequence[str], said: int) -> int:
    """Run the command, paused at the step, where it writes to ``said``; returns its exit code where it does not come there."""
    _said[:] = [said]
    building, sharing = (f"ingest.commands.{name}.open_model" for name in ("building", "sharing"))
    model = fake_model()
    with mock.patch(building, return_value=model), mock.patch(sharing, return_value=model), STEPS[step]():
        return command(arguments)


def killed_at(workshop: Workshop, step: str, *command: str) -> None:
    """Run a command in a process of its own until it waits at ``step``, and kill it there."""
    arguments = [*command, "--corpus", str(workshop.corpus), "--index", str(workshop.builds)]
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):  # nothing of it goes on as if it were the test
            os.environ.update(LOCALISM_OCR="false", LOCALISM_TOLERANCE="1.0")
            os._exit(run_paused(step, arguments, said))
        os._exit(9)
    os.close(said)
    paused = os.read(heard, 100)  # ends, empty, where the command ended without coming to the step
    os.close(heard)
    os.kill(child, signal.SIGKILL)
    assert (paused, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])) == (PAUSED, -signal.SIGKILL)

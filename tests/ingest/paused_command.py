"""Run ``localism-ingest`` in this process, which a test has forked, and stop at one step for good, so that it can be killed there.

Comes in: the name of a step, a command and a pipe. Goes out: a word into the pipe when the step is reached; then nothing more happens.
Production code knows nothing of this: the step's function is replaced here. The model is the tests' own.
"""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from index.build import history
from index.build.layout import POINTER
from ingest.__main__ import main as command
from tests.fake_model import fake_model

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
    "before the standing is noted": lambda: mock.patch.object(history, "note_hold_reason", _pause),
}


def run_paused(step: str, arguments: Sequence[str], said: int) -> int:
    """Run the command, paused at the step, where it writes to ``said``; returns its exit code where it does not come there."""
    _said[:] = [said]
    fake = mock.patch("ingest.commands.building.open_model", return_value=fake_model())
    with fake, STEPS[step]():
        return command(arguments)

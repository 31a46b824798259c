"""Hold what answers from the live build, and change it when the pointer changes, while questions go on.

Comes in: the folder of the builds, an engine where there is one, and a way to make an answerer of an opened build. Goes out: the
current answerer, at any moment and from any thread. Refuses to know what an answerer does, and to touch the pointer.

Whoever asks takes ``current`` once and keeps it until the answer is there: that reference is what keeps the old build open. It is
closed when nobody holds its answerer any more, so no question is ever cut off and none waits.
"""

import logging
import math
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from index.build.layout import POINTER
from index.build.reader import Build, live_folder, open_build, open_live_build
from index.engines.engine import Engine
from index.errors import BuildError, NoBuild

log = logging.getLogger(__name__)

Answerer = TypeVar("Answerer")
# Some surfaces read two things from a build one after the other; an old build stays open for that long after its last question.
GRACE_SECONDS = 5.0
RETRY_SECONDS = 30.0  # until a build that could not be served is tried again


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A build that is no longer live and whose questions may not all be answered yet."""

    answerer: Callable[[], object | None]  # a weak reference
    build: Build
    since: float  # of time.monotonic

    def is_done(self, grace: float) -> bool:
        return self.answerer() is None and time.monotonic() - self.since >= grace


class BuildWatcher(Generic[Answerer]):
    """The current answerer. At most two builds are open: a third waits until the first is closed."""

    def __init__(
        self,
        builds: Path,
        make: Callable[[Build], Answerer],
        warm: Callable[[Answerer], object] | None = None,
        every_seconds: float = 1.0,
        grace_seconds: float = GRACE_SECONDS,
        engine: Engine | None = None,
    ) -> None:
        """Open the live build of ``builds``; ``warm`` asks a new answerer something before anybody else does.

        With an ``engine``, its pointer says which build is live.

        Raises:
            BuildError: there is no build that can be used.
        """
        self._builds = builds
        self._make = make
        self._warm = warm
        self._every = every_seconds
        self._grace = grace_seconds
        self._engine = engine
        self._silent = False  # the engine, when it was looked at last
        self._told = ""  # the last sentence, which is not said again at every turn
        self._seen: object = None
        self._seen, self._again = self._pointer(), math.inf
        self._build = open_live_build(builds, engine)
        self._current = make(self._build)
        self._leaving: _Leaving | None = None
        self._told_gone = ""  # id of the build whose folder is gone, once that was told
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="live-build", daemon=True)

    @property
    def current(self) -> Answerer:
        """The answerer of the live build; keep the reference for as long as one question takes, no longer."""
        return self._current

    @property
    def open_builds(self) -> int:
        """How many builds are open."""
        return 1 if self._leaving is None else 2

    def start(self) -> None:
        """Begin to watch the pointer, on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching and close what is open; nobody may hold an answerer any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._leaving is not None:
            self._leaving.build.close()
        self._build.close()

    def look(self) -> bool:
        """Look at the pointer once and change over where it leads elsewhere; tells whether it did."""
        self._close_left()
        self._tell_if_gone()
        seen = self._pointer()
        if self._leaving is not None or (seen == self._seen and time.monotonic() < self._again):
            return False
        self._seen, self._again = seen, math.inf
        try:
            folder = live_folder(self._builds, self._engine)
            if folder.name != self._build.id:
                self._change_to(folder)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with the new build, the old one must go on answering
            self._tell(f"the new live build cannot be served, the old one goes on: {error}")
            # What is only not here yet is looked for at every turn: another machine may be bringing it.
            self._again = time.monotonic() + (0.0 if isinstance(error, NoBuild) else RETRY_SECONDS)
            return False
        self._told = ""
        return True

    def _change_to(self, folder: Path) -> None:
        started = time.monotonic()
        build = open_build(folder, beside=self._build, engine=self._engine)
        try:
            answerer = self._make(build)
            if self._warm:
                self._warm(answerer)
        except Exception:
            build.close()
            raise
        old, self._build = self._build, build
        left = weakref.ref(self._current)
        self._current = answerer  # one assignment: a question sees the old answerer or the new one, never half of each
        self._leaving = _Leaving(left, old, time.monotonic())
        log.info("serving build %s, opened in %d ms", build.id, 1000 * (time.monotonic() - started))

    def _tell_if_gone(self) -> None:
        """Say once that somebody deleted the build that is served: what is open goes on answering, a restart would find nothing."""
        if self._told_gone != self._build.id and not self._build.folder.is_dir():
            self._told_gone = self._build.id
            log.error(
                "the folder of the live build %s is gone; it answers from what is open until the server stops. "
                "Make another one: localism-ingest build",
                self._build.id,
            )

    def _close_left(self) -> None:
        if self._leaving is not None and self._leaving.is_done(self._grace):
            self._leaving.build.close()
            log.info("closed build %s", self._leaving.build.id)
            self._leaving = None

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            self.look()

    def _pointer(self) -> object:
        """Return what is another whenever the pointer has moved."""
        if self._engine is not None:
            return self._pointer_of(self._engine)
        try:
            found = (self._builds / POINTER).stat()
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_ino

    def _pointer_of(self, engine: Engine) -> object:
        try:
            pointer = engine.pointer()
        except BuildError as error:
            self._silent = True
            self._tell(str(error))
            return self._seen
        if self._silent:
            self._silent, self._told = False, ""
            log.info("%s answers again", engine.name)
        return pointer

    def _tell(self, sentence: str) -> None:
        """Say once what goes on for a while."""
        if sentence != self._told:
            self._told = sentence
            log.error(sentence)

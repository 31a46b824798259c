"""A server's view of the live build while it changes."""

import gc
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.build.build_watcher import BuildWatcher
from index.build.history import publish, roll_back
from index.build.layout import point_to
from index.build.reader import Build
from index.errors import NoBuild
from tests.ingest.conftest import BREAD, Workshop, write_corpus


class Answerer:
    """Names the build that it was made from."""

    def __init__(self, build: Build) -> None:
        """Keep ``build``."""
        self.build = build

    def count(self) -> int:
        """Read from disk."""
        return len(list(self.build.records.all_passages()))


@dataclass(frozen=True)
class TwoBuilds:
    """A folder of builds and the ids of the two in it."""

    builds: Path
    first: str
    second: str


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """Two builds, the second live."""
    folder = tmp_path_factory.mktemp("live")
    made = Workshop(write_corpus(folder / "corpus"), folder / "builds")
    first = made.build().build
    made.write("bread.md", BREAD.replace("three days", "four days"))
    return TwoBuilds(made.builds, str(first), str(made.build().build))


@pytest.fixture
def live(workshop):
    """The first build, served, and watched by hand."""
    publish(workshop.builds, workshop.first)
    opened = BuildWatcher(workshop.builds, Answerer, Answerer.count, every_seconds=0.02, grace_seconds=0.0)
    yield opened
    opened.stop()


def test_without_a_switch_nothing_happens(live, workshop):
    """Looking costs nothing and changes nothing."""
    before = live.current
    assert not live.look()
    assert live.current is before


def test_a_switch_is_noticed_and_the_old_build_closed(live, workshop):
    """At most two builds are open, and only for a moment."""
    point_to(workshop.builds, workshop.second)
    assert live.look()
    assert (live.current.build.id, live.open_builds) == (workshop.second, 2)
    live.look()
    assert live.open_builds == 1


def test_a_question_under_way_finishes_on_its_build(live, workshop):
    """Whoever holds an answerer keeps its build open; a third build waits."""
    asking = live.current
    point_to(workshop.builds, workshop.second)
    live.look()
    point_to(workshop.builds, workshop.first)
    assert not live.look()
    assert asking.count() == 3
    assert (asking.build.id, live.current.build.id, live.open_builds) == (workshop.first, workshop.second, 2)
    del asking
    gc.collect()
    assert live.look()
    assert live.current.build.id == workshop.first


def test_a_build_that_cannot_be_opened_leaves_the_old_one(live, workshop, caplog):
    """The server goes on, and its log says why."""
    point_to(workshop.builds, "20990101T000000-aaaaaa")
    assert not live.look()
    assert live.current.build.id == workshop.first
    assert "the old one goes on" in caplog.text
    point_to(workshop.builds, workshop.second)
    assert live.look()


def test_a_build_that_cannot_answer_is_not_served(workshop):
    """The new build is asked something before anybody else asks it; a failure of any kind leaves the old one."""
    publish(workshop.builds, workshop.first)
    asked = []

    def warm(answerer: Answerer) -> None:
        asked.append(answerer.build.id)
        raise KeyError("something nobody thought of")

    live = BuildWatcher(workshop.builds, Answerer, warm)
    point_to(workshop.builds, workshop.second)
    assert not live.look()
    assert not live.look()
    assert (asked, live.current.build.id, live.open_builds) == ([workshop.second], workshop.first, 1)
    live.stop()


def test_questions_from_many_threads_survive_switches(live, workshop):
    """No question fails, whichever build it meets."""
    live.start()
    stop, failures, seen = threading.Event(), [], set()

    def ask() -> None:
        while not stop.is_set():
            try:
                answerer = live.current
                assert answerer.count() == answerer.build.manifest.passages
                seen.add(answerer.build.id)
            except Exception as error:  # noqa: BLE001  # every failure counts
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for build in (workshop.second, workshop.first) * 3:
        point_to(workshop.builds, build)
        threading.Event().wait(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    assert (failures, seen) == ([], {workshop.first, workshop.second})


def test_no_build_fails_at_once(tmp_path):
    """A server without an index says so at start."""
    with pytest.raises(NoBuild):
        BuildWatcher(tmp_path, Answerer)


def test_a_rollback_is_a_switch(live, workshop):
    """Nothing else has to be told to the server."""
    publish(workshop.builds, workshop.second)
    live.look()
    roll_back(workshop.builds)
    live.look()
    live.look()
    assert live.current.build.id == workshop.first

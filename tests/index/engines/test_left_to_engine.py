"""A machine that answers from an engine has the small part of a build only, and says so when it loses the engine."""

from contextlib import closing

import pytest

from index.build.history import live_id
from index.build.published import published_at
from index.build.pulling import pull
from index.build.reader import open_build, open_live_build
from index.build.verification import verify_build
from index.errors import NotWhole
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import THINGS, bring

QUESTIONS = (*(f"may I borrow a {thing}" for thing in THINGS[:4]), 'who says "before the fair begins"', "xyzzy")


def test_a_small_build_answers_from_the_engine(engine, two_builds, tmp_path):
    """As the files of the whole one do; without the engine it is not opened, and a sentence says what to do."""
    live, here = str(live_id(two_builds.builds)), tmp_path / "here"
    pulled = pull(here, published_at(str(two_builds.builds)), 1, for_engine=True)
    assert pulled.left > 0
    assert verify_build(here / live) == []
    with closing(open_build(two_builds.builds / live)) as files:
        with engine.writing() as writer:
            bring(writer, files)
            writer.point_to(live)
        with closing(open_live_build(here, engine)) as there:
            found, wanted = ([Searcher(build).search(one) for one in QUESTIONS] for build in (there, files))
    assert [[hit.passage for hit in one.hits] for one in found] == [[hit.passage for hit in one.hits] for one in wanted]
    with pytest.raises(NotWhole, match="LOCALISM_ENGINE"):
        open_live_build(here)

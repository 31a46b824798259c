"""How often Qdrant is asked: a question takes one batch, and one more request for what is looked at closely."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from qdrant_client import QdrantClient

from index.engines.qdrant.engine import QdrantEngine
from index.engines.qdrant.sink import TOGETHER
from index.retrieval.candidates import sought
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import PLACES, publish

BATCH, LOOK = "query_batch_points", "retrieve"
QUESTIONS = (
    "Who mends the bell of the harbour?",
    "lamp hire at the mill",
    "What did the council pay for the rope under section 86?",
    'where does "before the fair begins" stand',
    'who says "free of charge" and "three days" of a boat',
    'who says "nobody wrote this"',
    "xyzzy",
)


class Counted:
    """A client that notes what it is asked for."""

    def __init__(self, client: QdrantClient) -> None:
        """Ask ``client``."""
        self._client = client
        self.asked: list[str] = []
        self.most = 0  # points in one request

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Note a call and pass it on."""

        def call(*given: Any, **named: Any) -> Any:
            self.asked.append(name)
            self.most = max([self.most, *(len(one) for one in given if isinstance(one, list))])
            return getattr(self._client, name)(*given, **named)

        return call


@pytest.fixture(scope="module")
def client(two_builds) -> QdrantClient:
    """A Qdrant in this process that holds the first build."""
    made = QdrantClient(":memory:")
    publish(QdrantEngine(made, made, "this process", {}), two_builds, two_builds.first)
    return made


@pytest.fixture
def counted(client) -> Counted:
    """The same, counted."""
    return Counted(client)


@pytest.fixture
def searcher(client, counted, two_builds):
    """One that has asked nothing yet, and holds nothing."""
    with closing(two_builds.open(two_builds.first, QdrantEngine(counted, client, "this process", {}))) as build:
        counted.asked.clear()
        yield Searcher(build)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("documents", [None, [PLACES[1]]])
def test_a_question_takes_one_batch_and_one_look(searcher, counted, question, documents):
    """With quotation marks, names, a filter, or without a known word; everything that is shown, too."""
    assert searcher.search(question, 20, documents).hits
    assert counted.asked == [BATCH, LOOK]


def test_a_question_that_was_asked_before_takes_a_batch(searcher, counted):
    """What it looked at is held."""
    for _ in range(2):
        searcher.search(QUESTIONS[0], 5)
    assert counted.asked == [BATCH, LOOK, BATCH]


def test_a_question_that_leans_on_another_takes_a_batch_for_each(searcher, counted):
    """And what both look at comes at once."""
    assert searcher.search("and for how long?", 5, None, ("may I borrow a lamp",)).hits
    assert counted.asked == [BATCH, BATCH, LOOK]


def test_what_no_question_led_to_is_fetched(searcher, counted):
    """Rows that were not nominated, and a phrase that was not asked for: each once."""
    source = searcher.build.source
    question = sought(searcher.build, *searcher.encoded('who says "free of charge" of a boat'))
    rows = np.array([3, 90], np.int64)
    first = source.compared(question, rows), source.features(question, rows).named.tolist(), source.holds(3, ("boat",))
    assert counted.asked == [LOOK, LOOK, BATCH]
    again = source.compared(question, rows), source.features(question, rows).named.tolist(), source.holds(3, ("boat",))
    assert repr(first) == repr(again)
    assert counted.asked == [LOOK, LOOK, BATCH]


def test_what_is_written_goes_in_pieces(two_builds):
    """A server takes 32 MB in one request, and a passage with its tokens is more than a tenth of one."""
    counted: Any = Counted(QdrantClient(":memory:"))
    publish(QdrantEngine(counted, counted, "this process", {}), two_builds, two_builds.first)
    assert counted.asked.count("upsert") > 4
    assert 0 < counted.most <= TOGETHER

"""Passages lie in an engine, and the engine goes away: a sentence and 503 at once, and answers again when it is back."""

import time
from contextlib import closing

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.answering.answer_source import LiveAnswers
from bot.http.app import create_app
from bot.http.options import HttpOptions
from index.engines.opening import open_engine
from ingest.catalogue.corpus import open_corpus
from ingest.pipeline import build_index
from ingest.progress import Silence
from tests.ingest.conftest import Workshop, write_corpus
from tests.qdrant_core import CoreClient
from tests.qdrant_grpc import grpc_server
from tests.waiting import free_port, wait_for

SOON = 2.0  # seconds


@pytest.fixture(params=["postgres", "qdrant over gRPC"])
def place(request, tmp_path):
    """Where an engine is, and a way to be without it for a while."""
    if request.param == "postgres":
        postgres = request.getfixturevalue("postgres")
        address = postgres.new_database()
        postgres.administer(address, "CREATE EXTENSION vector")
        yield address, postgres.away
    else:
        with grpc_server(CoreClient(tmp_path / "core")) as server:
            yield f"qdrant+http://127.0.0.1:{free_port()}?grpc_port={server.port}", server.away


@pytest.fixture
def answers(place, tmp_path):
    """Answers from an engine that holds one build."""
    engine = open_engine(SecretStr(place[0]))
    assert engine is not None
    workshop = Workshop(write_corpus(tmp_path / "corpus"), tmp_path / "builds")
    corpus = open_corpus(workshop.corpus)
    build_index(corpus, workshop.builds, workshop.recipe, workshop.model, Silence(), engine=engine)
    with closing(engine):
        made = LiveAnswers(workshop.builds, every_seconds=0.05, engine=engine)
        made.start()
        yield made
        made.stop()


def test_a_sentence_at_once_and_back_by_itself(answers, place):
    """The page, the API and the check of a proxy alike; what stands in the folder is shown all the while."""
    with TestClient(create_app(answers, HttpOptions()), raise_server_exceptions=False) as client:

        def ask(path: str, **given: str) -> tuple[int, str]:
            began = time.monotonic()
            answer = client.get(path, params=given)
            assert time.monotonic() - began < SOON
            return answer.status_code, answer.text

        assert ask("/readyz")[0] == 200
        assert ask("/", q="How long does bread keep?")[0] == 200
        with place[1]():
            for path, given in (
                ("/readyz", {}),
                ("/", {"q": "Who bakes the bread?"}),
                ("/api/v1/ask", {"q": "Where are boats?"}),
            ):
                status, text = ask(path, **given)
                assert (status, "does not answer" in text) == (503, True), path
                assert "localism:" not in text
            assert ask("/livez")[0] == 200
        wait_for(lambda: ask("/readyz")[0] == 200)
        assert ask("/", q="Who bakes the bread?")[0] == 200

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
from tests.waiting import wait_for

SOON = 2.0  # seconds


@pytest.fixture
def answers(postgres, tmp_path):
    """Answers from an engine that holds one build."""
    address = postgres.new_database()
    postgres.administer(address, "CREATE EXTENSION vector")
    engine = open_engine(SecretStr(address))
    assert engine is not None
    workshop = Workshop(write_corpus(tmp_path / "corpus"), tmp_path / "builds")
    corpus = open_corpus(workshop.corpus)
    build_index(corpus, workshop.builds, workshop.recipe, workshop.model, Silence(), engine=engine)
    with closing(engine):
        made = LiveAnswers(workshop.builds, every_seconds=0.05, engine=engine)
        made.start()
        yield made
        made.stop()


def test_a_sentence_at_once_and_back_by_itself(answers, postgres):
    """The page, the API and the check of a proxy alike; what stands in the folder is shown all the while."""
    with TestClient(create_app(answers, HttpOptions()), raise_server_exceptions=False) as client:

        def ask(path: str, **given: str) -> tuple[int, str]:
            began = time.monotonic()
            answer = client.get(path, params=given)
            assert time.monotonic() - began < SOON
            return answer.status_code, answer.text

        assert ask("/readyz")[0] == 200
        assert ask("/", q="How long does bread keep?")[0] == 200
        with postgres.away():
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

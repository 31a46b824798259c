"""The answer service that follows the live build."""

import gc
import inspect
import shutil
import weakref

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.answer_source import AnswerSource, LiveAnswers
from bot.http.app import create_app
from bot.http.options import HttpOptions
from index.build.layout import point_to
from index.build.reader import open_live_build
from index.errors import NoBuild
from tests.conftest import PLAYGROUND, make_pdf
from tests.ingest.conftest import BREAD, Workshop, write_corpus


@pytest.fixture
def workshop(tmp_path):
    """A corpus with a live build."""
    made = Workshop(write_corpus(tmp_path / "corpus"), tmp_path / "builds")
    made.build()
    return made


def test_answers_name_the_build_that_is_live(workshop):
    """After a switch the same object answers from the new build."""
    answers = LiveAnswers(workshop.builds)
    first = answers.build.id
    assert answers.answer("How long does bread keep?").build == first
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build().build
    assert answers.answer("How long does bread keep?").build == first
    assert answers.look()
    assert (answers.answer("How long does bread keep?").build, answers.build.id) == (second, second)
    assert [document.id for document in answers.documents] == ["bread", "boats"]
    answers.stop()


def test_a_build_that_is_left_goes_without_a_search_for_circles(workshop):
    """The server leaves what it began with out of that search: a build that held itself in a circle would never go."""
    gc.collect()
    gc.disable()
    try:
        answers = AnswerService(open_live_build(workshop.builds))
        answers.answer("How long does bread keep?")
        held = [weakref.ref(part) for part in (answers.build.encoder, answers.build.files.tokens, answers.build.files.words)]
        answers.build.close()
        del answers
        assert [part() for part in held] == [None, None, None]
    finally:
        gc.enable()


def test_a_switch_that_fails_leaves_the_answers_as_they_were(workshop):
    """A pointer to nothing is somebody's mistake, not the end of the service."""
    answers = LiveAnswers(workshop.builds)
    first = answers.build.id
    point_to(workshop.builds, "20990101T000000-aaaaaa")
    assert not answers.look()
    assert answers.answer("How long does bread keep?").build == first
    answers.stop()


def test_a_live_build_that_is_deleted_goes_on_answering_and_is_told(workshop, caplog):
    """No route fails, readiness and one line of the log say what happened, and the next build is served."""
    make_pdf(workshop.corpus / "documents" / "playground.pdf", PLAYGROUND)
    workshop.build()
    answers = LiveAnswers(workshop.builds)
    shown = answers.answer("Who mends the swings?").quotes[0].id
    with TestClient(create_app(answers, HttpOptions()), raise_server_exceptions=False) as client:
        shutil.rmtree(answers.build.folder)
        for _ in range(3):
            answers.look()
        whole = [
            "/",
            "/?q=bread",
            "/api/ask?q=boats",
            f"/p/{shown}",
            f"/api/passages/{shown}",
            "/sources",
            "/api/documents",
            "/livez",
        ]
        assert {path: client.get(path).status_code for path in whole} == dict.fromkeys(whole, 200)
        # What is not open is said to be missing: pictures, and what became of passages that are gone.
        partly = {
            client.get(path).status_code for path in (f"/api/passages/{shown}/picture", "/p/nothing", "/api/passages/nothing")
        }
        assert partly <= {404, 503}
        ready = client.get("/readyz")
        assert (ready.status_code, "was deleted from the disk" in ready.json()["detail"]) == (503, True)
        workshop.write("bread.md", BREAD.replace("three days", "four days"))
        second = workshop.build().build
        assert answers.look()
        assert (client.get("/readyz").status_code, client.get("/readyz").json()["build"]) == (200, second)
    assert caplog.text.count("the folder of the live build") == 1
    answers.stop()


def test_everything_that_surfaces_may_call_follows_the_live_build():
    """Both kinds of answer source have all that the protocol names, with the same arguments in the same order."""
    wanted = {name: member for name, member in vars(AnswerSource).items() if not name.startswith("_")}
    assert {"answer", "build", "documents", "passage", "probe", "remembered"} <= wanted.keys()
    for name, member in wanted.items():
        assert name in vars(LiveAnswers)
        if inspect.isfunction(member):
            found = [inspect.signature(vars(kind)[name]) for kind in (LiveAnswers, AnswerService)]
            assert found == [inspect.signature(member)] * 2


def test_no_build_is_said_at_once(tmp_path):
    """A server without an index does not start."""
    with pytest.raises(NoBuild):
        LiveAnswers(tmp_path)

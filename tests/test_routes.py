"""The two routes end to end with the real model: a document's way into the index, a question's way to an answer."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress

import pytest

from tests.conftest import LIGHT_SET_UP, ROOT
from tests.waiting import PATIENCE, free_port, wait_for

pytestmark = pytest.mark.model


def test_a_question_comes_back_with_the_sentence_and_the_page_of_its_document(real_index, cli):
    """The quote is verbatim, the page is the PDF's, and the answering sentence is marked."""
    finished = cli("localism", "ask", "Who mends the swings in the park?", "--json", "--index", str(real_index))
    answer = json.loads(finished.stdout)
    first = answer["passages"][0]
    marked = [first["quote"][start:end] for start, end in first["highlights"]]
    assert answer["status"] == "answered"
    assert first["citation"]["document"] == "playground-report"
    assert first["citation"]["page"]["number"] == 2
    assert marked == ["The swings in the park are mended by two volunteers every spring."]


def test_the_terminal_shows_quote_citation_and_confidence(real_index, here):
    """A person reads what was found, where it stands and how sure it is."""
    shown = here("localism", "ask", "how long to decide on a nomination?", "--index", str(real_index)).stdout
    words = " ".join(shown.split())
    assert "eight weeks" in words
    assert "“How long does the council have?”" in words
    assert re.search(r"confidence \d+%", words)


def test_what_is_not_there_is_not_found(real_index, here):
    """An honest refusal has its own exit code, no passages, and whatever came near by name."""
    finished = here("localism", "ask", "Which mortgage has the lowest interest rate?", "--json", "--index", str(real_index))
    answer = json.loads(finished.stdout)
    assert finished.returncode == 1
    assert answer["status"] == "not_found"
    assert answer["passages"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", ""], "empty"),
        (["ask", " \t\n"], "empty"),
        (["ask", "🎉🎉"], "no words"),
        (["ask", "a" * 10_000], "10,000 characters"),
        (["ask", "pubs", "--limit", "0"], "1 to 20"),
        (["ask", "pubs", "--limit", "-1"], "1 to 20"),
        (["ask", "pubs", "--limit", "1000"], "1 to 20"),
        (["ask", "pubs", "--document", "nowhere"], "The documents are"),
    ],
)
def test_a_bad_question_gets_one_clear_sentence_and_exit_code_2(real_index, here, arguments, said):
    """Nothing on standard output, the reason on standard error."""
    finished = here("localism", *arguments, "--index", str(real_index))
    assert (finished.returncode, finished.stdout) == (2, "")
    assert said in " ".join(finished.stderr.split())


@pytest.mark.parametrize(
    ("question", "code", "status"),
    [
        ("'; DROP TABLE passages; --", 1, "not_found"),
        ("<script>alert(1)</script>", 1, "not_found"),
        ("**bold** [x](y)", 1, "not_found"),
        ("\x01\x07nomination", 0, "uncertain"),
    ],
)
def test_hostile_text_is_only_text(real_index, here, question, code, status):
    """SQL, HTML, Markdown and control characters are searched for like any words."""
    finished = here("localism", "ask", question, "--json", "--index", str(real_index))
    answer = json.loads(finished.stdout)
    assert (finished.returncode, answer["status"], answer["question"]) == (code, status, question)


def test_without_a_build_every_command_says_how_to_make_one(tmp_path, cli, here):
    """No index yet is the first thing a newcomer meets, whatever else listens on the port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serve = ("localism", "serve", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1]))
        for run, (program, *arguments) in (
            (here, ("localism", "ask", "pubs")),
            (cli, serve),
            (here, ("localism-index", "stats")),
        ):
            finished = run(program, *arguments, "--index", str(tmp_path))
            assert finished.returncode == 2
            assert "localism-ingest build" in finished.stderr


def test_a_second_build_of_the_same_corpus_changes_nothing(real_index, small_corpus, tmp_path, cli):
    """The live build stays, by name."""
    builds = shutil.copytree(real_index, tmp_path / "builds")
    before = (builds / "CURRENT").read_text()
    finished = cli("localism-ingest", "build", "--json", "--corpus", str(small_corpus), "--index", str(builds))
    assert json.loads(finished.stdout)["changed"] is False
    assert (builds / "CURRENT").read_text() == before


def test_the_build_verifies(real_index, here):
    """Every passage equals its slice, every vector is there, hashes match."""
    finished = here("localism-index", "verify", "--json", "--index", str(real_index))
    assert json.loads(finished.stdout)["problems"] == []


def test_evaluate_prints_the_figures_that_are_asked_for(tmp_path, cli):
    """A set of three documents: every question finds its document first."""
    texts = {
        "bees": "Bees make honey in a hive.",
        "trams": "Trams run on rails in the street.",
        "bread": "Bread is baked in an oven.",
    }
    (tmp_path / "d.jsonl").write_text(
        "\n".join(json.dumps({"id": name, "title": name, "text": text}) for name, text in texts.items())
    )
    asked = {"q1": "What do bees make?", "q2": "Where do trams run?", "q3": "Where is bread baked?"}
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps({"id": name, "text": text}) for name, text in asked.items()))
    (tmp_path / "r.tsv").write_text("q1\tbees\t1\nq2\ttrams\t1\nq3\tbread\t1\n")
    (tmp_path / "u.jsonl").write_text(json.dumps({"id": "u1", "text": "Who won the chess tournament?"}))
    files = [
        part
        for name in ("docs d.jsonl", "queries q.jsonl", "qrels r.tsv", "unanswerable u.jsonl")
        for part in _flag(tmp_path, name)
    ]
    figures = json.loads(cli("localism-index", "evaluate", "--json", *files).stdout)
    assert figures.pop("questions_per_second") > 0
    assert figures == {
        "ndcg10": 1.0,
        "hit1": 1.0,
        "hit5": 1.0,
        "mrr10": 1.0,
        "auroc": 1.0,
        "documents": 3,
        "passages": 3,
        "questions": 4,
    }


def _flag(folder, words):
    name, file = words.split()
    return f"--{name}", str(folder / file)


def test_the_server_answers_as_the_terminal_does_and_stops_when_told(real_index, cli):
    """One process, from start to a clean stop, over a real socket."""
    port = free_port()
    program = [sys.executable, "-m", "bot", "serve", "--port", str(port), "--index", str(real_index)]
    server = subprocess.Popen(
        program, cwd=ROOT, env=os.environ | LIGHT_SET_UP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        question = "how+long+to+decide+on+a+nomination"
        over_http = json.loads(_read_when_up(f"http://127.0.0.1:{port}/api/ask?q={question}", server))
        in_terminal = json.loads(
            cli("localism", "ask", question.replace("+", " "), "--json", "--index", str(real_index)).stdout
        )
        assert over_http["passages"][0]["quote"] == in_terminal["passages"][0]["quote"]
        assert over_http["confidence"] == in_terminal["confidence"]
    finally:
        server.terminate()
        said = server.communicate(timeout=PATIENCE)[1]
    assert server.returncode in (0, -15)
    assert "nomination" not in said, "the text of a question is never logged"


def _read_when_up(address, server):
    def read():
        assert server.poll() is None, server.stderr.read()
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - loopback, made above
            return answer.read()
        return None

    return wait_for(read)


def test_the_index_is_found_by_the_setting_and_shown_without_pages_where_there_are_none(real_index, here):
    """As by ``localism``: LOCALISM_INDEX names the folder. A briefing has sections, the report has pages."""

    def shown(*arguments: str) -> str:
        return str(here("localism-index", *arguments, LOCALISM_INDEX=str(real_index), COLUMNS="60").stdout)

    told = shown("stats")
    assert "{'" not in told
    assert "\nlisting-places" in told
    assert "listing-places How long" in " ".join(
        shown("search", "how", "long", "has", "the", "council?", "--limit", "1").split()
    )
    found = json.loads(shown("search", "who mends the swings?", "--limit", "1", "--json"))["hits"]
    assert (found[0]["document"], found[0]["page"]) == ("playground-report", 2)

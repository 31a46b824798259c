"""Labelled question sets: what is read, and which line cannot be used."""

import json

import pytest

from index.errors import BenchmarkSetError
from index.evaluation.benchmark_sets import SetDocument, SetQuestion, read_set


@pytest.fixture
def files(tmp_path):
    """Three small files."""
    (tmp_path / "docs.jsonl").write_text('{"id": "d1", "title": "Gates", "text": "Shut it."}\n\n{"id": 2, "title": "Bells"}\n')
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "q1", "text": "shut?"}\n{"id": "q2", "text": "rung?", "answerable": false}\n'
    )
    (tmp_path / "qrels.tsv").write_text("question\tdocument\tgrade\nq1\td1\t2\nq1\t2\t0\n")
    return tmp_path / "docs.jsonl", tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"


def test_a_set_is_read_as_it_stands(files, tmp_path):
    """A document may be nothing but a title; grade 0 is no judgement; the heading of the table is none either."""
    (tmp_path / "more.jsonl").write_text(json.dumps({"id": "u1", "text": "tea?", "answerable": True}))
    documents, questions, judgements = files
    found = read_set(documents, questions, judgements, tmp_path / "more.jsonl")
    assert found.documents == (SetDocument("d1", "Gates", "Shut it."), SetDocument("2", "Bells", "Bells"))
    assert found.questions == (
        SetQuestion("q1", "shut?", True),
        SetQuestion("q2", "rung?", False),
        SetQuestion("u1", "tea?", False),
    )
    assert found.relevant == {"q1": {"d1": 2.0}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("docs.jsonl", '{"id": "a", "text": "b"}\n{', r"docs\.jsonl:2: not JSON"),
        ("docs.jsonl", "[1]", r"docs\.jsonl:1: a JSON object is wanted, found list"),
        ("docs.jsonl", '{"text": "b"}', r"docs\.jsonl:1: the key 'id' is missing or empty"),
        ("queries.jsonl", '{"id": "q", "text": " "}', r"queries\.jsonl:1: the key 'text' is missing or empty"),
        ("qrels.tsv", "q1\td1\t1\nq1 d1 1\n", r"qrels\.tsv:2: question, document and grade are wanted, separated by tabs"),
        ("qrels.tsv", "q1\td1\t1\nq1\td1\tyes\n", r"qrels\.tsv:2: question, document and grade"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_by_its_number(files, name, text, said):
    """And what was wanted there."""
    next(path for path in files if path.name == name).write_text(text)
    with pytest.raises(BenchmarkSetError, match=said):
        read_set(*files)


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\xff\xfe")])
def test_a_file_that_cannot_be_read_is_named(files, spoil):
    """Missing, or no text."""
    spoil(files[2])
    with pytest.raises(BenchmarkSetError, match=r"qrels\.tsv cannot be read"):
        read_set(*files)

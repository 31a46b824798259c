"""The file of golden questions: what is read of it, and every problem with its line."""

import pytest

from index.errors import BenchmarkSetError
from index.evaluation.golden import GoldenQuestion, Place, read_golden

GOOD = """# questions

[[question]]
id = "a"
text = "How long?"
verdict = "answer"
held_back = true
example = true
kind = "deadline"
asker = "a member"
context = ["Who decides?"]
answers = [{ document = "guide", section = "How long? > Weeks" }]

[[question]]
id = "b"
text = "What weather?"
verdict = "refuse"
why = "off topic"
"""


@pytest.fixture
def path(tmp_path):
    """A file with two questions."""
    (tmp_path / "questions.toml").write_text(GOOD)
    return tmp_path / "questions.toml"


def test_questions_come_back_with_all_that_is_said_of_them(path):
    """In their order, each with its line."""
    first, second = read_golden(path)
    assert first == GoldenQuestion(
        "a",
        "How long?",
        (Place("guide", "How long? > Weeks"),),
        held_back=True,
        kind="deadline",
        asker="a member",
        context=("Who decides?",),
        example=True,
        line=3,
    )
    assert second == GoldenQuestion("b", "What weather?", (), held_back=False, why="off topic", line=14)
    assert (first.answerable, second.answerable) == (True, False)


def test_a_corpus_without_the_file_has_no_questions(tmp_path):
    """That is no error: the gate has nothing to ask then."""
    assert read_golden(tmp_path / "questions.toml") == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('verdict = "refuse"', 'verdict = "perhaps"', r":14: verdict is 'perhaps'; it must be one of answer, refuse"),
        ('why = "off topic"', 'wy = "off topic"', r":14: unknown key 'wy'"),
        ('text = "What weather?"', 'text = " "', ":14: a question needs an id and a text"),
        ('verdict = "refuse"', 'verdict = "answer"', ":14: a question with the verdict answer names at least one section"),
        ('id = "b"', 'id = "a"', ":14: the id 'a' is already used in line 3"),
        ("[[question]]", " [[question]]", r"write every question as a \[\[question\]\] table at the beginning of a line"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_with_its_line(path, before, after, said):
    """And what is wrong there."""
    path.write_text(GOOD.replace(before, after))
    with pytest.raises(BenchmarkSetError, match=said):
        read_golden(path)


def test_all_problems_are_told_at_once(path):
    """Nobody mends a file line by line, run by run."""
    path.write_text(GOOD.replace('text = "How long?"', 'text = ""').replace('why = "off topic"', "colour = 1"))
    with pytest.raises(BenchmarkSetError) as told:
        read_golden(path)
    assert [line.split(": ")[0].rpartition(":")[2] for line in str(told.value).splitlines()] == ["3", "14"]


@pytest.mark.parametrize("content", [b"[[question", b"\xff\xfe"])
def test_what_is_no_toml_is_said_with_its_path(path, content):
    """One sentence."""
    path.write_bytes(content)
    with pytest.raises(BenchmarkSetError, match=r"questions\.toml"):
        read_golden(path)

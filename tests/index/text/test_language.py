"""What is English stands in one module, and it says nothing of any one campaign."""

import ast
import re
from pathlib import Path

import pytest

from index.text import language

ROOT = Path(__file__).resolve().parents[3]
READING = (
    "index/text",
    "index/retrieval",
    "index/sparse",
    "index/encoders",
    "bot/answering",
)  # what reads questions and passages
CAMPAIGN = ("localism", "council", "parish", "nominat", "pub ", "community value", "neighbourhood plan", "eight guides")
READ_BY = language.STOP_WORDS | language.POINTING | language.NUMBERING
MOST_WORDS = 5  # of these in a literal elsewhere that holds hardly anything else: it is a list or a pattern


def is_list_or_pattern(text):
    """Whether most of ``text`` is words by which English is read; in a sentence for people fewer than two in three are."""
    words = set(re.findall(r"[a-z]+", text))
    return len(words & READ_BY) >= MOST_WORDS and len(words & READ_BY) > 0.66 * len(words)


def literals(path):
    """The texts in the code of ``path`` that are neither docstrings nor sentences for people."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if hasattr(node, "body") and isinstance(node.body, list) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in docstrings
    ]


@pytest.mark.parametrize("room", READING)
def test_no_other_module_holds_words_by_which_english_is_read(room):
    """Elsewhere such words stand in sentences for people only; here the lists themselves are found."""
    files = [path for path in (ROOT / room).glob("*.py") if path.name != "language.py"]
    found = [(path.name, text[:60]) for path in files for text in literals(path) if is_list_or_pattern(text)]
    assert found == []
    assert sum(map(is_list_or_pattern, literals(Path(language.__file__)))) >= 5


def test_nothing_of_the_campaign_stands_there():
    """The campaign's words are the corpus's."""
    text = Path(language.__file__).read_text(encoding="utf-8").casefold()
    assert [word for word in CAMPAIGN if word in text] == []


def test_the_samples_are_different_texts_of_both_kinds():
    """A text that stands there twice would count twice."""
    samples = (*language.SAMPLE_QUESTIONS, *language.SAMPLE_PASSAGES)
    assert len(set(samples)) == len(samples) == 38
    assert max(map(len, language.SAMPLE_QUESTIONS)) < min(map(len, language.SAMPLE_PASSAGES))

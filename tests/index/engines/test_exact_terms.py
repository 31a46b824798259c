"""Names that mean one thing are counted where they stand, and only where they tell passages apart."""

from types import SimpleNamespace

import numpy as np
import pytest

from index.engines.embedded import COMMON, names_held
from index.engines.source import Sought

SIZE = 200


def build(words, expansions):
    """A build of 200 passages in whose text, or in whose expansions, names stand in these rows."""
    return SimpleNamespace(words=index_of(words), expansion_words=index_of(expansions))


def index_of(rows_by_name):
    """Postings by name."""
    return SimpleNamespace(
        size=SIZE, postings=lambda name: SimpleNamespace(rows=np.array(rows_by_name.get(name, []), np.int64))
    )


def held(asked, words, expansions, rows):
    """How many of the names ``asked`` each of ``rows`` holds."""
    vector = np.zeros(1, np.float32)
    sought = Sought(vector, vector, (), (), (), tuple(asked), ())
    return names_held(build(words, expansions), sought, np.array(rows, np.int64)).tolist()


def test_a_name_counts_once_whether_it_stands_in_the_text_or_beside_it():
    """Text and expansions of one passage are one passage."""
    assert held(["§95"], {"§95": [1, 2]}, {"§95": [2, 3]}, [0, 1, 2, 3]) == [0, 1, 1, 1]


def test_several_names_add_up():
    """Two sections named, two held."""
    assert held(["§95", "acv"], {"§95": [1, 2], "acv": [2]}, {}, [1, 2]) == [1, 2]


@pytest.mark.parametrize("where", ["words", "expansions"])
@pytest.mark.parametrize(("count", "counts"), [(int(COMMON * SIZE), 1), (int(COMMON * SIZE) + 1, 0)])
def test_a_name_that_many_passages_hold_tells_none_apart(where, count, counts):
    """More than three in a hundred, in text or expansions, is not a name any more."""
    rows = {"eu": list(range(count))}
    found = held(["eu"], rows, {}, [0, 150]) if where == "words" else held(["eu"], {}, rows, [0, 150])
    assert found == [counts, 0]


def test_a_question_without_names_and_no_rows_are_fine():
    """Zeros, one a row."""
    assert held([], {"§95": [1]}, {}, [1, 2]) == [0, 0]
    assert held(["§95"], {"§95": [1]}, {}, []) == []

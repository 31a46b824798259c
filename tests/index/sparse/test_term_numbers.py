"""Numbers of terms without their postings agree with the index that has them."""

import numpy as np
import pytest

from index.errors import DamagedBuild
from index.sparse.bm25 import TermNumbers, Words
from index.sparse.bm25_writer import WordsWriter

TEXTS = ("the pub may be listed", "the pub was sold", "who lists a field", "")


@pytest.fixture
def folder(tmp_path):
    """An index of four passages."""
    writer = WordsWriter(tmp_path)
    for text in TEXTS:
        writer.add(text.split())
    writer.save()
    return tmp_path


def test_terms_are_as_rare_as_in_the_index(folder):
    """Known ones and others."""
    words, numbers = Words.open(folder), TermNumbers(folder)
    for term in ("pub", "field", "the", "unheard"):
        assert (numbers.frequency(term), numbers.idf(term)) == (words.frequency(term), words.idf(term))
    assert numbers.ideal(["pub", "unheard"]) == words.ideal(["pub", "unheard"])
    assert (numbers.number("unheard"), len(numbers.numbers(["pub", "the", "pub", "unheard"]))) == (None, 2)


@pytest.mark.parametrize(("start", "end"), [(0, 4), (1, 3), (3, 4), (2, 2)])
def test_turned_round_each_passage_has_its_terms_with_their_weights(folder, start, end):
    """What postings say of rows, said of each row."""
    words, known = Words.open(folder), TermNumbers(folder)
    numbers, rows, weights = words.turned_round(start, end)
    assert rows.tolist() == sorted(rows.tolist())
    for row in range(start, end):
        own = dict(zip(numbers[rows == row].tolist(), weights[rows == row].tolist(), strict=True))
        terms = set(TEXTS[row].split())
        assert set(own) == set(known.numbers(terms))
        for term in terms:
            postings = words.postings(term)
            assert own[known.number(term)] == postings.weights[np.flatnonzero(postings.rows == row)[0]]


def test_a_missing_file_is_said(folder):
    """And what to do."""
    (folder / "offsets.npy").unlink()
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        TermNumbers(folder)

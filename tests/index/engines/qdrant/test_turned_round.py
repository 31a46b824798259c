"""Postings turned round give each passage its terms with their weights."""

import numpy as np
import pytest

from index.engines.qdrant.sink import turned_round
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


@pytest.mark.parametrize(("start", "end"), [(0, 4), (1, 3), (3, 4), (2, 2)])
def test_turned_round_each_passage_has_its_terms_with_their_weights(folder, start, end):
    """What postings say of rows, said of each row."""
    words, known = Words.open(folder), TermNumbers(folder)
    numbers, rows, weights = turned_round(words, start, end)
    assert rows.tolist() == sorted(rows.tolist())
    for row in range(start, end):
        own = dict(zip(numbers[rows == row].tolist(), weights[rows == row].tolist(), strict=True))
        terms = set(TEXTS[row].split())
        assert set(own) == set(known.numbers(terms))
        for term in terms:
            postings = words.postings(term)
            assert own[known.number(term)] == postings.weights[np.flatnonzero(postings.rows == row)[0]]

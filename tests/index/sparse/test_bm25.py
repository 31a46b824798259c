"""The words index against BM25 written out by hand."""

import math
from collections import Counter
from functools import partial
from os import pread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import StoredArray
from index.errors import DamagedBuild
from index.sparse.bm25 import K1, Words
from index.sparse.bm25_writer import B, WordsWriter

TERMS = st.lists(st.sampled_from(["pub", "council", "bid", "six", "weeks", "§95"]), max_size=12)


def build(folder, passages, most_held=1_000_000):
    """Write and open an index of ``passages`` (lists of terms)."""
    writer = WordsWriter(folder, most_held)
    for terms in passages:
        writer.add(terms)
    writer.save()
    return Words.open(folder)


def bm25(passages, query):
    """BM25 as the paper writes it, with Lucene's idf."""
    mean = sum(map(len, passages)) / len(passages) or 1e-9
    scores = []
    for passage in passages:
        counts = Counter(passage)
        score = 0.0
        for term in query:
            n = sum(term in other for other in passages)
            if counts[term]:
                idf = math.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
                score += idf * counts[term] * (K1 + 1) / (counts[term] + K1 * (1 - B + B * len(passage) / mean))
        scores.append(score)
    return scores


@given(passages=st.lists(TERMS, min_size=1, max_size=8), query=st.sets(st.sampled_from(["pub", "bid", "weeks", "unknown"])))
def test_scores_equal_bm25_written_out(tmp_path_factory, passages, query):
    """Every passage's score is the sum that the formula gives, unknown words adding nothing."""
    words = build(tmp_path_factory.mktemp("words"), passages)
    np.testing.assert_allclose(words.scores(query), bm25(passages, query), rtol=1e-5)


def test_an_index_too_large_for_memory_is_the_same(tmp_path):
    """Postings that are laid aside on the way come out in the same order, and leave no file behind."""
    generator = np.random.default_rng(3)
    passages = [[f"w{term}" for term in generator.zipf(1.3, 30) % 400] for _ in range(200)]
    build(tmp_path / "held", passages)
    build(tmp_path / "aside", passages, most_held=100)
    files = sorted(path.name for path in (tmp_path / "held").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "aside").iterdir())
    assert all((tmp_path / "held" / name).read_bytes() == (tmp_path / "aside" / name).read_bytes() for name in files)


def test_an_empty_index_opens_and_finds_nothing(tmp_path):
    """No passages is a build like any other."""
    assert build(tmp_path, []).scores(["pub"]).shape == (0,)


def test_a_cut_file_is_named_as_damage(tmp_path):
    """A file that does not fit the others is told apart from a good one."""
    build(tmp_path, [["pub", "bid"], ["pub"]])
    np.save(tmp_path / "rows.npy", np.zeros(1, np.int32))
    with pytest.raises(DamagedBuild, match="do not fit together"):
        Words.open(tmp_path)


def test_postings_of_a_large_index_are_read_once_for_all_that_a_question_wants_of_them(tmp_path, monkeypatch):
    """They give the same scores as mapped ones, and the disk is asked for each word once."""
    passages = [["pub", "bid"], ["council", "pub"], ["bid"]]
    mapped = build(tmp_path / "mapped", passages)
    monkeypatch.setattr("index.sparse.bm25.StoredArray", partial(StoredArray, mapped_up_to=0))
    large = build(tmp_path / "large", passages)
    reads: list[int] = []
    monkeypatch.setattr("index.arrays.os.pread", lambda *asked: reads.append(asked[1]) or pread(*asked))

    assert large.scores(["pub", "bid"]).tolist() == mapped.scores(["pub", "bid"]).tolist()
    read = len(reads)
    assert read == 4, "rows and weights of two words"
    assert (
        large.term_weights(["pub", "bid"], np.arange(3)).tolist() == mapped.term_weights(["pub", "bid"], np.arange(3)).tolist()
    )
    assert len(reads) == read


def test_postings_for_which_there_is_no_room_are_read_again(tmp_path, monkeypatch):
    """Nothing is held, and nothing is missing."""
    monkeypatch.setattr("index.sparse.bm25.StoredArray", partial(StoredArray, mapped_up_to=0))
    monkeypatch.setattr("index.sparse.bm25.HELD_POSTINGS", 1)
    words = build(tmp_path, [["pub", "bid"], ["council", "pub"]])

    assert [words.postings("pub").rows.tolist() for _ in range(2)] == [[0, 1], [0, 1]]

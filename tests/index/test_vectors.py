"""FAISS against a brute-force oracle, value for value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DamagedBuild
from index.vectors import Vectors, VectorsWriter


def unit(rows, seed, dimension=8):
    """Unit vectors, shape (rows, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def build(path, vectors):
    """Write and open an index."""
    writer = VectorsWriter(vectors.shape[1])
    writer.add(vectors)
    writer.save(path)
    return Vectors.open(path)


@given(rows=st.integers(1, 40), count=st.integers(1, 50), seed=st.integers(0, 1000))
def test_nearest_agrees_with_brute_force(tmp_path_factory, rows, count, seed):
    """The rows and their cosines are those of a plain product and sort."""
    vectors, query = unit(rows, seed), unit(1, seed + 1)[0]
    found, cosines = build(tmp_path_factory.mktemp("v") / "x.faiss", vectors).nearest(query, count)
    wanted = vectors @ query
    order = np.argsort(-wanted, kind="stable")[:count]
    np.testing.assert_array_equal(found, order)
    np.testing.assert_allclose(cosines, wanted[order], atol=1e-5)


def test_a_filter_keeps_to_its_ranges(tmp_path):
    """Only rows of the ranges asked for come back, and all of them are searched."""
    vectors, query = unit(30, 3), unit(1, 4)[0]
    found, _ = build(tmp_path / "x.faiss", vectors).nearest(query, 30, [(2, 5), (10, 11)])
    assert sorted(found.tolist()) == [2, 3, 4, 10]


def test_rows_come_back_as_they_were_written(tmp_path):
    """Save then open gives equal vectors."""
    vectors = unit(7, 5)
    rows = np.array([6, 0, 3], np.int64)
    np.testing.assert_array_equal(build(tmp_path / "x.faiss", vectors).rows(rows), vectors[rows])


def test_a_file_that_is_no_index_is_named_as_damage(tmp_path):
    """The message tells what to do."""
    (tmp_path / "x.faiss").write_bytes(b"nothing")
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        Vectors.open(tmp_path / "x.faiss")

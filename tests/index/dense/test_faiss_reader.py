"""FAISS against a brute-force oracle, value for value."""

import ctypes
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import as_stored
from index.dense.faiss_reader import Vectors
from index.dense.faiss_writer import VectorsWriter
from index.errors import DamagedBuild


def unit(rows, seed, dimension=8):
    """Unit vectors, shape (rows, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def no_questions(dimension):
    """A corpus that nobody has asked anything yet."""
    return np.empty((0, dimension), np.float32)


def build(path, vectors, in_bytes=False):
    """Write and open an index."""
    writer = VectorsWriter(path, vectors.shape[1], in_bytes=in_bytes)
    writer.add(vectors)
    writer.save(lambda: no_questions(vectors.shape[1]))
    return Vectors.open(path)


@given(rows=st.integers(1, 40), count=st.integers(1, 50), seed=st.integers(0, 1000))
def test_nearest_agrees_with_brute_force(tmp_path_factory, rows, count, seed):
    """The rows and their cosines are those of a plain product and sort."""
    vectors, query = unit(rows, seed), unit(1, seed + 1)[0]
    found, cosines = build(tmp_path_factory.mktemp("v") / "x.faiss", vectors).nearest(query, count)
    wanted = as_stored(vectors) @ query
    order = np.argsort(-wanted, kind="stable")[:count]
    assert len(set(found.tolist())) == len(order)
    np.testing.assert_allclose(wanted[found], wanted[order], atol=1e-4)
    np.testing.assert_allclose(cosines, wanted[found], atol=1e-4)


def test_a_filter_keeps_to_its_ranges(tmp_path):
    """Only rows of the ranges asked for come back, and all of them are searched."""
    vectors, query = unit(30, 3), unit(1, 4)[0]
    found, _ = build(tmp_path / "x.faiss", vectors).nearest(query, 30, [(2, 5), (10, 11)])
    assert sorted(found.tolist()) == [2, 3, 4, 10]


def test_rows_come_back_as_they_were_written(tmp_path):
    """Save then open gives equal vectors, as near as half precision comes."""
    vectors = unit(7, 5)
    rows = np.array([6, 0, 3], np.int64)
    np.testing.assert_array_equal(build(tmp_path / "x.faiss", vectors).rows(rows), as_stored(vectors)[rows])
    np.testing.assert_allclose(as_stored(vectors), vectors, atol=1e-3)


def test_a_byte_a_number_is_right_to_a_five_hundredth(tmp_path):
    """In a search, in chosen rows, and in the vectors that come back: those of a build can be written into the next as they are."""
    vectors = unit(200, 6, dimension=384)
    opened = build(tmp_path / "x.faiss", vectors, in_bytes=True)
    query = vectors[17] + 0.03 * unit(1, 7, dimension=384)[0]
    found, cosines = opened.nearest(query, 5)
    assert found[0] == 17
    np.testing.assert_allclose(cosines, vectors[found] @ query, atol=0.004)
    rows = np.array([3, 90, 150])
    np.testing.assert_allclose(opened.cosines(query, rows), vectors[rows] @ query, atol=0.004)
    np.testing.assert_allclose(opened.rows(rows), vectors[rows], atol=0.5 / 254 + 1e-6)
    again = build(tmp_path / "y.faiss", opened.rows(np.arange(200)), in_bytes=True)
    np.testing.assert_array_equal(again.rows(np.arange(200)), opened.rows(np.arange(200)))


def test_cosines_of_chosen_rows_are_those_of_their_vectors(tmp_path):
    """In the order of the rows."""
    vectors, query = unit(30, 3), unit(1, 4)[0]
    opened, rows = build(tmp_path / "x.faiss", vectors), np.array([1, 7, 8, 29])
    np.testing.assert_allclose(opened.cosines(query, rows), as_stored(vectors)[rows] @ query, atol=1e-4)
    assert opened.cosines(query, rows[:0]).shape == (0,)


def test_a_file_that_is_no_index_is_named_as_damage(tmp_path):
    """The message tells what to do."""
    (tmp_path / "x.faiss").write_bytes(b"nothing")
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        Vectors.open(tmp_path / "x.faiss")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """An index that approximates: rows in bunches, as passages are; its files, what it says of itself, and the vectors."""
    generator = np.random.default_rng(11)
    centres = generator.normal(size=(60, 32))
    vectors = (centres[generator.integers(0, 60, 6000)] + 0.6 * generator.normal(size=(6000, 32))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    folder = tmp_path_factory.mktemp("large")
    writer = VectorsWriter(folder / "x.faiss", 32, exact_up_to=1000)
    for start in range(0, 6000, 700):
        writer.add(vectors[start : start + 700])
    return folder, writer.save(lambda: vectors[:20]), vectors


def test_a_large_index_says_what_it_finds_and_finds_it(large, tmp_path, capfd):
    """Its recall on other questions is near what it measured itself, wherever its folder has been moved."""
    folder, search, vectors = large
    assert search.kind == "inverted file"
    assert search.looked_into < search.centres
    assert search.recall10 >= 0.985
    moved = folder.rename(tmp_path / "moved")
    opened = Vectors.open(moved / "x.faiss")
    moved.rename(folder)
    questions = vectors[3000:3100] + 0.1 * np.random.default_rng(5).normal(size=(100, 32)).astype(np.float32)
    questions /= np.linalg.norm(questions, axis=1, keepdims=True)
    found = [len(set(opened.nearest(one, 10)[0]) & set(np.argsort(-(vectors @ one))[:10])) for one in questions]
    assert np.mean(found) / 10 > 0.95
    assert capfd.readouterr().out == ""


def test_writing_a_large_index_prints_nothing_on_standard_output(tmp_path, capfd):
    """A run may promise one JSON object there. What FAISS says comes from C, which holds it back until it is asked for it."""
    sys.stdout.write("before\n")
    writer = VectorsWriter(tmp_path / "x.faiss", 32, exact_up_to=1000)
    writer.add(unit(1200, 3, dimension=32))
    writer.save(lambda: no_questions(32))
    sys.stdout.write("behind\n")
    sys.stdout.flush()
    ctypes.CDLL(None).fflush(None)
    said = capfd.readouterr()
    assert said.out == "before\nbehind\n"
    assert "resizing" in said.err


def test_a_large_index_gives_rows_cosines_and_filters_like_a_small_one(large):
    """With a filter that is compared row by row, and with one that is not."""
    folder, _, vectors = large
    opened = Vectors.open(folder / "x.faiss")
    np.testing.assert_array_equal(opened.rows(np.array([5, 2])), as_stored(vectors)[[5, 2]])
    rows, cosines = opened.nearest(vectors[10], 5, [(0, 50)])
    assert rows[0] == 10
    assert rows.max() < 50
    np.testing.assert_allclose(cosines, as_stored(vectors)[rows] @ vectors[10], atol=1e-5)


def test_an_index_that_misses_its_recall_is_exact_after_all(tmp_path):
    """Rows without any bunches: looking into few groups finds too little."""
    vectors = unit(3000, 8, dimension=48)
    writer = VectorsWriter(tmp_path / "x.faiss", 48, exact_up_to=1000)
    writer.add(vectors)
    assert writer.save(lambda: no_questions(48)).kind == "exact"
    assert [path.name for path in tmp_path.iterdir()] == ["x.faiss"]
    assert Vectors.open(tmp_path / "x.faiss").nearest(vectors[7], 1)[0].tolist() == [7]

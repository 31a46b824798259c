"""Vectors of length 1, how near a byte a number comes to them, and parts of arrays on disk, mapped or read."""

import os

import numpy as np
import pytest

from index.arrays import BYTE_SCALE, StoredArray, in_bytes, moved_down, moved_up, unit
from index.errors import DamagedBuild


@pytest.mark.parametrize("mapped_up_to", [0, 10**6])
def test_parts_are_those_of_the_array(tmp_path, mapped_up_to):
    """Whether it is small enough to stay mapped or not; the data of an .npy file begins behind its header."""
    wanted = np.arange(60, dtype=np.int32).reshape(20, 3)
    np.save(tmp_path / "x.npy", wanted)
    stored = StoredArray(np.load(tmp_path / "x.npy", mmap_mode="r"), mapped_up_to)
    assert len(stored) == 20
    np.testing.assert_array_equal(stored.part(4, 9), wanted[4:9])
    np.testing.assert_array_equal(stored.parts([(19, 20), (0, 2)]), wanted[[19, 0, 1]])
    assert stored.parts([]).shape == (0, 3)


def test_what_cannot_be_mapped_is_taken_as_it_is():
    """An empty array has no file."""
    assert StoredArray(np.empty((0, 4), np.int8)).parts([]).shape == (0, 4)


def test_a_file_that_lost_its_end_is_damage_and_no_answer(tmp_path):
    """Half a passage must not be compared with whatever lay in memory."""
    np.save(tmp_path / "x.npy", np.ones((20, 3), np.int32))
    stored = StoredArray(np.load(tmp_path / "x.npy", mmap_mode="r"), mapped_up_to=0)
    os.truncate(tmp_path / "x.npy", 200)
    with pytest.raises(DamagedBuild, match="shorter"):
        stored.parts([(0, 2), (18, 20)])


def test_every_vector_has_length_one_and_keeps_its_direction():
    """By numpy's own norm, along the last axis of any shape; zeros stay zeros."""
    vectors = np.random.default_rng(1).normal(size=(3, 4, 24)).astype(np.float32)
    vectors[1, 2] = 0
    made = unit(vectors)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    np.testing.assert_allclose(made * lengths, vectors, atol=1e-5)
    assert np.linalg.norm(made, axis=-1).round(5).tolist() == [[1] * 4, [1, 1, 0, 1], [1] * 4]
    assert made.dtype == np.float32


def test_a_byte_a_number_gives_cosines_to_some_thousandths():
    """At 384 dimensions, as the constant promises; and no number leaves the range that eight bits hold."""
    one, other = unit(np.random.default_rng(2).normal(size=(2, 50, 384)).astype(np.float32))
    exact = np.einsum("ij,kj->ik", one, other)
    bytes_one, bytes_other = in_bytes(one).astype(np.float64), in_bytes(other).astype(np.float64)
    errors = bytes_one @ bytes_other.T / BYTE_SCALE**2 - exact
    assert np.sqrt((errors**2).mean()) < 0.002
    assert np.abs(errors).max() < 0.008
    assert in_bytes(np.array([1.0, -1.0, 0.0], np.float32)).tolist() == [127, -127, 0]


def test_what_is_moved_up_to_be_stored_comes_down_again():
    """Each number 128 higher; every one of the 256 comes back."""
    numbers = np.arange(-128, 128).astype(np.int8)
    assert moved_up(numbers).tolist() == list(range(256))
    np.testing.assert_array_equal(moved_down(moved_up(numbers)), numbers)

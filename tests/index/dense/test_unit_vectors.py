"""Vectors of length 1, and how near a byte a number comes to them."""

import numpy as np

from index.dense.unit_vectors import BYTE_SCALE, in_bytes, moved_down, moved_up, unit


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

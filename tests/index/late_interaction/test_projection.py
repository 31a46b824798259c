"""Shorter token vectors: the directions of most energy."""

import numpy as np

from index.late_interaction.projection import KEPT, principal_directions, projected


def sample(rows=200):
    """Vectors of 6 numbers that differ mostly in the third and the first."""
    spread = np.array([3.0, 0.1, 9.0, 0.1, 0.1, 0.1])
    return (np.random.default_rng(2).normal(size=(rows, 6)) * spread).astype(np.float32)


def test_the_directions_are_those_of_most_energy_the_greatest_first():
    """Here nearly the third axis, then nearly the first; orthonormal."""
    directions = principal_directions(sample(), 2)
    assert directions.shape == (6, 2)
    assert np.abs(directions).argmax(axis=0).tolist() == [2, 0]
    np.testing.assert_allclose(directions.T @ directions, np.eye(2), atol=1e-5)


def test_there_are_no_more_directions_than_numbers():
    """A model with short vectors keeps them whole."""
    assert principal_directions(sample(), KEPT).shape == (6, 6)


def test_along_all_directions_nothing_is_lost():
    """The cosines of vectors among each other stay."""
    vectors = sample(20)
    turned = projected(vectors, principal_directions(sample()))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(turned @ turned.T, unit @ unit.T, atol=1e-5)


def test_along_fewer_a_vector_has_length_one_again():
    """What is compared is a cosine."""
    turned = projected(sample(20), principal_directions(sample(), 2))
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), 1, atol=1e-6)

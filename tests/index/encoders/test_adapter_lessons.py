"""The adapter leads questions to the passages that such questions ask for; it never leads elsewhere than it was taught."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.arrays import unit
from index.encoders.adapter_lessons import LEAST_PAIRS, AdapterLessons, gradients, targets
from index.encoders.query_encoder import QueryAdapter, Vectors
from index.errors import DamagedBuild

DIMENSION, PASSAGES, EACH = 48, 80, 8
MANNER = np.eye(DIMENSION, dtype=np.float32)[0]  # what all askers have in common, and no text


def vectors(random: np.random.Generator, *shape: int) -> Vectors:
    """Return random unit vectors."""
    return unit(np.asarray(random.normal(size=(*shape, DIMENSION)), np.float32))


def corpus(seed: int) -> tuple[Vectors, Vectors, Vectors]:
    """Return passages, their headings and paraphrases that stray from them as people do: all in the same manner, and each a little."""
    random = np.random.default_rng(seed)
    passages = vectors(random, PASSAGES)
    asked = unit(passages[:, None] + 5 * MANNER + 0.3 * vectors(random, PASSAGES, EACH))
    return passages, unit(passages + 0.2 * vectors(random, PASSAGES)), asked


def single(numbers: NDArray[np.float64]) -> Vectors:
    """Return ``numbers`` in single precision."""
    return np.asarray(numbers, np.float32)


def taught(passages: Vectors, headings: Vectors, asked: Vectors) -> AdapterLessons:
    """Return lessons of one document."""
    lessons = AdapterLessons()
    keys = np.concatenate([headings[:, None], asked], axis=1).reshape(-1, DIMENSION)
    lessons.add(passages, keys, [1 + EACH] * len(passages))
    return lessons


@cache
def learned() -> QueryAdapter:
    """Return what the first corpus teaches, learned once for all tests; none of them changes it."""
    adapter = taught(*corpus(1)).learned()
    assert adapter is not None
    return adapter


def right_first(questions: Vectors, passages: Vectors) -> float:
    """Return how many of the questions of each passage, shape (n, each, d), lie nearest to it, 0 to 1."""
    nearest = (questions @ passages.T).argmax(axis=-1)
    return float((nearest == np.arange(len(passages))[:, None]).mean())


def test_questions_never_seen_about_passages_never_seen_are_led_nearer():
    """What was learned is the manner of asking, not the paraphrases by heart."""
    adapter = learned()
    passages, _, asked = corpus(2)
    plain, adapted = right_first(asked, passages), right_first(adapter.adapted(asked), passages)
    assert adapted > plain + 0.1
    assert abs(adapter.adapted(asked[0]) @ MANNER).mean() < abs(asked[0] @ MANNER).mean()


def test_what_is_adapted_has_length_one_alone_and_among_others():
    """A question has the same vector whoever asks beside it."""
    adapter, (_, _, asked) = learned(), corpus(1)
    together = adapter.adapted(asked[3])
    np.testing.assert_allclose(np.linalg.norm(together, axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(together[5], adapter.adapted(asked[3][5]), atol=1e-5)


def test_few_paraphrases_teach_nothing():
    """They would teach the corpus, not its askers."""
    passages, headings, asked = corpus(1)
    few = (LEAST_PAIRS - 1) // EACH
    assert taught(passages[:few], headings[:few], asked[:few]).learned() is None
    assert AdapterLessons().learned() is None


def test_the_same_lessons_give_the_same_adapter():
    """A build made again answers alike."""
    one, other = learned(), taught(*corpus(1)).learned()
    assert other is not None
    np.testing.assert_allclose(one.down @ one.up, other.down @ other.up, atol=1e-4)


def test_gradients_are_those_of_the_loss():
    """Against differences, in double precision."""
    random = np.random.default_rng(5)
    down, up = random.normal(0, 0.3, (DIMENSION, 4)), random.normal(0, 0.3, (4, DIMENSION))
    asked, passages, answers = vectors(random, 6).astype(float), vectors(random, 9).astype(float), np.array([0, 3, 3, 8, 1, 2])

    def loss(down: NDArray[np.float64], up: NDArray[np.float64]) -> float:
        led = asked + asked @ down @ up
        joined = led / np.linalg.norm(led, axis=1, keepdims=True) + asked
        logits = joined / np.linalg.norm(joined, axis=1, keepdims=True) @ passages.T / 0.05
        return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(6), answers]))

    by_down, by_up = gradients(QueryAdapter(single(down), single(up)), single(asked), single(passages), answers)
    for place in ((0, 0), (7, 3), (40, 1)):
        moved = np.zeros_like(down)
        moved[place] = 1e-5
        assert by_down[place] == pytest.approx((loss(down + moved, up) - loss(down - moved, up)) / 2e-5, rel=1e-2, abs=1e-3)
        moved = np.zeros_like(up)
        moved[place[::-1]] = 1e-5
        assert by_up[place[::-1]] == pytest.approx(
            (loss(down, up + moved) - loss(down, up - moved)) / 2e-5, rel=1e-2, abs=1e-3
        )


def test_questions_are_led_half_way_to_the_heading_where_there_is_one():
    """A passage without keys is its own target."""
    passages, headings, _ = corpus(1)
    led = targets(passages[:2], headings[:1], np.array([0, 1]), np.array([1, 1]))
    np.testing.assert_allclose(led, [(passages[0] + headings[0]) / 2, passages[1]])


def test_it_is_kept_in_half_precision_and_a_damaged_file_is_named(tmp_path: Path):
    """None where none was written."""
    path = tmp_path / "query_adapter.npz"
    assert QueryAdapter.open(path, DIMENSION) is None
    adapter, (_, _, asked) = learned(), corpus(1)
    adapter.save(path)
    again = QueryAdapter.open(path, DIMENSION)
    assert again is not None
    np.testing.assert_allclose(again.adapted(asked[0]), adapter.adapted(asked[0]), atol=2e-3)
    with pytest.raises(DamagedBuild, match="numbers"):
        QueryAdapter.open(path, DIMENSION + 1)
    path.write_bytes(b"nothing")
    with pytest.raises(DamagedBuild, match="cannot be opened"):
        QueryAdapter.open(path, DIMENSION)

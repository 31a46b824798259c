"""Learning the weights of features from small questions."""

import math

import numpy as np
import pytest

from benchmarks.learning import gains, learned, lesson
from index.evaluation.labelled_set import ndcg


def test_gain_is_that_of_the_measure_with_documents_counted_once():
    """The oracle is index.evaluation.labelled_set.ndcg over the documents in the order of their best passages."""
    chance = np.random.default_rng(3)
    rows, wanted = [], []
    weights = np.array([1.0, 0.4])
    for _ in range(20):
        features, documents = chance.random((2, 30)), chance.integers(0, 14, 30)
        grades = {str(name): float(grade) for name, grade in ((3, 2), (5, 1), (20, 1))}
        ranking = list(dict.fromkeys(str(documents[place]) for place in np.argsort(-(weights @ features), kind="stable")))
        rows.append((features, documents, np.array([grades.get(str(name), 0.0) for name in documents]), list(grades.values())))
        wanted.append(ndcg(ranking, grades))
    assert gains(weights, lesson(rows)).tolist() == pytest.approx(wanted)


def test_candidates_that_are_not_there_never_rank():
    """A question with fewer candidates than another is padded; padding takes no place in its ranking."""
    short = (np.array([[-1.0]]), np.array([7]), np.array([1.0]), [1.0])
    long = (np.array([[0.9, 0.5, 0.1]]), np.array([1, 2, 3]), np.array([0.0, 1.0, 0.0]), [1.0])
    assert gains(np.ones(1), lesson([short, long])).tolist() == pytest.approx([1, 1 / math.log2(3)])


def test_the_feature_that_tells_right_from_wrong_gets_the_weight():
    """One feature is high for the relevant candidate, the other is chance."""
    chance = np.random.default_rng(5)
    rows = []
    for _ in range(60):
        features = chance.random((2, 8)) * 0.3
        features[0, 2] += 0.2
        rows.append((features, np.arange(8), (np.arange(8) == 2).astype(float), [1.0]))
    telling, other = learned([lesson(rows)])
    assert telling > 5 * other >= 0

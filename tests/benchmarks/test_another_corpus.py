"""What is taken out of a corpus of which nothing is known."""

import numpy as np

from benchmarks.another_corpus import drawn, share, without
from benchmarks.question_sets import QuestionSet
from index.evaluation.benchmark_sets import SetDocument, SetQuestion


def test_a_near_miss_is_a_question_that_nothing_left_answers():
    """Of a question with two answers both must be gone."""
    documents = tuple(SetDocument(name, "", name) for name in "abc")
    asked = tuple(SetQuestion(name, name, True) for name in ("of a", "of a or b", "of c"))
    relevant = {"of a": {"a": 1.0}, "of a or b": {"a": 1.0, "b": 1.0}, "of c": {"c": 1.0}}
    rest, missed = without(QuestionSet("set", documents, asked, (), relevant), frozenset({"a", "c"}))
    assert [document.id for document in rest.documents] == ["b"]
    assert [question.id for question in missed] == ["of a", "of c"]


def test_what_is_drawn_is_the_same_for_a_seed_and_nothing_comes_twice():
    """A number of them or a share of them; all where there are fewer."""
    one, again = (drawn(range(100), 30, np.random.default_rng(7)) for _ in range(2))
    assert one == again
    assert len(set(one)) == 30
    assert len(drawn(range(100), 0.3, np.random.default_rng(7))) == 30
    assert sorted(drawn(range(3), 30, np.random.default_rng(7))) == [0, 1, 2]


def test_a_share_of_nothing_is_not_a_number():
    """There may be no near miss at all."""
    assert share([True, False, False]) == "33.3%"
    assert share([]) == "-"

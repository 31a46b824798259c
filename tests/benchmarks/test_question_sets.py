"""What is asked of a set."""

from benchmarks.question_sets import first_different, spread


def test_questions_are_spread_over_the_whole_set():
    """Three of ten: not the first three, which may all ask about one document."""
    assert spread(range(10), 3) == (0, 3, 6)
    assert spread(range(2), 3) == (0, 1)
    assert spread([], 3) == ()


def test_a_document_counts_at_its_best_passage_and_only_ten_do():
    """Names come once, in the order of their first passage."""
    assert first_different(["b", "a", "b", "c"]) == ["b", "a", "c"]
    assert first_different(map(str, range(30))) == [str(number) for number in range(10)]

"""Which sentences are marked."""

from index.records import Passage
from index.retrieval.highlights import answering_sentences

TEXT = "You need: A group. It has 21 members at least. Weather does not matter here."
SPANS = ((0, 9), (10, 18), (19, 46), (47, 76))


def passage():
    """Four sentences, the first a lead-in."""
    return Passage("0" * 16, "d", 1, 0, len(TEXT), TEXT, (), SPANS)


def marked(*matches: float):
    """The marked texts."""
    return [TEXT[start:end] for start, end in answering_sentences(passage(), matches)]


def test_the_nearest_sentence_is_marked():
    """One clear winner stands alone."""
    assert marked(0.1, 0.2, 0.9, 0.3) == ["It has 21 members at least."]


def test_a_second_sentence_nearly_as_near_is_marked_too_in_reading_order():
    """Two halves of an answer."""
    assert marked(0.1, 0.2, 0.85, 0.9) == ["It has 21 members at least.", "Weather does not matter here."]


def test_a_lead_in_brings_the_sentence_after_it():
    """A line that ends with a colon says nothing by itself."""
    assert marked(0.9, 0.2, 0.3, 0.1) == ["You need:", "A group."]


def test_without_matches_the_first_sentence_stands():
    """A passage whose tokens were cut still shows where to begin."""
    assert marked() == ["You need:"]

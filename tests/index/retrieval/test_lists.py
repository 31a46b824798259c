"""A list that answers is marked whole, with the line that announces it."""

import pytest

from index.retrieval.rerank import whole_lists

INTRODUCTION = "Anyone may ask. The nomination has to hold:"
LIST = "- a map of the place\n- the names of the owners\n- why it matters"
TEXT = f"Two weeks are enough.\n\n{INTRODUCTION}\n{LIST}\n\nSend it by post."
FIRST = TEXT.index("The nomination")
LAST = TEXT.index("\n\nSend")


def span(words: str) -> tuple[int, int]:
    """Where ``words`` stand in the text."""
    return TEXT.index(words), TEXT.index(words) + len(words)


@pytest.mark.parametrize("words", ["- the names of the owners", "The nomination has to hold:", "matters"])
def test_a_list_that_is_touched_is_marked_from_its_introduction_to_its_end(words):
    """Whichever entry answers, and where only the introduction does."""
    assert whole_lists(TEXT, [span(words)]) == ((FIRST, LAST),)


@pytest.mark.parametrize("words", ["Two weeks are enough.", "Anyone may ask.", "Send it by post."])
def test_what_stands_beside_a_list_marks_no_list(words):
    """The sentence before the announcing one is another matter."""
    assert whole_lists(TEXT, [span(words)]) == (span(words),)


def test_marks_stay_in_order_and_apart():
    """One before, two in the list, one after: three ranges."""
    marks = [span("Two weeks are enough."), span("- a map of the place"), span("why it matters"), span("Send it by post.")]
    assert whole_lists(TEXT, marks) == (marks[0], (FIRST, LAST), marks[3])


@pytest.mark.parametrize("text", ["One.\n- a single dash\nTwo.", "Eight weeks - or less.\nThen pay.", "No line ends here."])
def test_one_line_with_a_dash_is_no_list(text):
    """Two entries at least."""
    assert whole_lists(text, [(0, 3)]) == ((0, 3),)


def test_a_list_that_is_not_announced_is_marked_without_the_sentence_before_it():
    """That sentence ends in itself; where it answers, so does the list that follows from it."""
    text = "It was said in May. First find the stage.\n\n1. Ask.\n2. Wait.\n3. Appeal.\n"
    first, wanted = (text.index("First"), text.index("\n")), (text.index("1."), len(text) - 1)
    assert whole_lists(text, [(text.index("2."), text.index("2.") + 3)]) == (wanted,)
    assert whole_lists(text, [first]) == (first, wanted)
    assert whole_lists(text, [(0, 19)]) == ((0, 19),)


def test_a_text_that_is_all_list_is_marked_whole():
    """Nothing stands before it."""
    assert whole_lists("- ask\n- wait", [(0, 3)]) == ((0, 12),)

"""Words of a question and words of a law must meet."""

import re

import pytest

from index.text.analysis import fold, says_something, terms_of, words_of


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("councils", "the council’s"),
        ("CAFÉ", "cafe"),
        ("nominating", "nominated"),
        ("s. 95", "section 95"),
        ("ss. 81", "s.81(1)"),
        ("10,000", "10000"),
        ("regulation 7", "reg. 7"),
    ],
)
def test_two_ways_to_write_the_same_share_a_term(typed, written):
    """Accents, case, endings, possessives and the ways to write a section number make no difference."""
    assert set(terms_of(typed)) & set(terms_of(written))


def test_a_section_reference_is_one_term_beside_its_number():
    """A reference such as "s. 95" is found by "section 95", and 95 alone does not count as the section."""
    assert "§95" in terms_of("under s. 95(2)")
    assert "§95" not in terms_of("95 people came")


def test_stop_words_are_left_out_and_ranges_point_at_the_words():
    """A word's range is where it stands in the text."""
    text = "Who owns the Pub?"
    words = words_of(text)
    assert [text[word.start : word.end] for word in words] == ["owns", "Pub"]


def test_a_text_of_stop_words_has_no_terms():
    """Nothing to look for is nothing, not an error."""
    assert terms_of("what is it to be") == []


def test_folding_is_idempotent():
    """A folded word folds to itself."""
    assert fold(fold("Straße’s")) == fold("Straße’s")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The pub, sold", ["pub", "sold"]),
        ("I/we pay £5 or 10%.", ["pay", "£", "5", "10", "%"]),
        ("Who should decide?", ["Who", "should", "decide"]),
        ("", []),
    ],
)
def test_function_words_and_marks_say_nothing(text, said):
    """A word that asks does, and so does a mark that is read aloud."""
    parts = [(found.start(), found.group()) for found in re.finditer(r"[^\W_]+|\S", text)]
    assert [part for start, part in parts if says_something(text, start)] == said


def test_a_part_of_a_word_says_what_the_word_says():
    """Wherever a model cuts it."""
    assert not any(says_something("for their own", place) for place in (0, 1, 4, 8))
    assert all(says_something("asset list", place) for place in (0, 2, 4, 5))

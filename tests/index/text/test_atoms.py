"""Sentences: where they end in law, lists, quotes and wrapped lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.atoms import split_sentences


def sentences(text):
    """Return the sentences themselves."""
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Under s. 95(2) the owner must tell the council.", "Then the clock starts."],
        ["It costs £2.5m, e.g. for repairs.", "See No. 5 and p. 12."],
        ["Cllr. Smith agreed.", "J. R. Smith did not.", "Mrs. Jones left."],
        ["The U.K. Government acts in the U.K.", "The law differs."],
        ["She said “Stop.”", "Then she left.", '"Go!" he said.', "Is it so?", "Yes."],
        ["The council decides (see above).", "It has six weeks… and no more."],
        ["Assets (Localism Act 2011, s.95; as of 1 May 2026).", "Rent rose 3.2 per cent in 2012.", "45 people came."],
        ["The right is old.12", "The next is new."],
        ["It was made in 1999.⁴", "The power is wide. ⁵", "The end."],
        ["Regulations 2012, reg. 7 and Sch. A apply, cf. Smith v. Jones.", "The end."],
    ],
)
def test_sentences_of_a_paragraph_end_where_a_reader_ends_them(expected):
    """A full stop of an abbreviation, a number or an initial ends nothing."""
    assert sentences(" ".join(expected)) == expected


def test_headings_and_list_entries_are_sentences_without_a_full_stop():
    """A line of a list and a heading above a blank line stand alone; markers belong to their entry."""
    text = "Who may bid\n\nYou must be:\n- a parish council\n- a charity. It must be local\n1. First do this.\n(a) Or that"
    assert sentences(text) == [
        "Who may bid",
        "You must be:",
        "- a parish council",
        "- a charity.",
        "It must be local",
        "1. First do this.",
        "(a) Or that",
    ]


def test_a_line_break_made_by_the_line_width_ends_no_sentence():
    """Text wrapped by hand reads on over its line breaks."""
    text = (
        "the experimental study of a wing in a propeller slipstream was made in order to\n"
        "determine the spanwise distribution of the lift increase due to slipstream at\n"
        "different angles of attack of the wing. The results were\ngood."
    )
    first, second = sentences(text)
    assert first.startswith("the experimental")
    assert first.endswith("of the wing.")
    assert second == "The results were\ngood."


def test_a_lone_bullet_belongs_to_the_line_below_it():
    """Some files put a bullet and its text on two lines."""
    assert sentences("•\nFirst\n•\nSecond") == ["•\nFirst", "•\nSecond"]


@given(st.text(alphabet=st.sampled_from(list("aB1 .!?\n\t-•)(“”’;:s£…")), max_size=200) | st.text(max_size=200))
def test_sentences_cover_every_character_but_white_space(text):
    """Sentences are in order, do not overlap, are trimmed, and leave only white space between them."""
    position = 0
    for start, end in split_sentences(text):
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end].strip() == text[start:end]
        position = end
    assert not text[position:].strip()

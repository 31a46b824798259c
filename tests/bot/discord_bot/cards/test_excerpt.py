"""Parts of long quotes."""

from hypothesis import given
from hypothesis import strategies as st

from bot.discord_bot.cards.excerpt import excerpt
from bot.discord_bot.escaping import length


@given(st.text(min_size=1, max_size=3000), st.integers(100, 1500), st.integers(0, 3000))
def test_an_excerpt_is_a_slice_that_fits(text, budget, place):
    """It is a contiguous slice, within its budget, and the whole text where that fits."""
    highlights = [(place, place + 50)] if place + 50 <= len(text) else []
    part = excerpt(text, highlights, budget)
    assert part.text == text[part.start : part.end]
    assert length(part.markdown()) <= budget
    assert all(0 <= start < end <= len(part.text) for start, end in part.highlights)


def test_an_excerpt_of_a_long_text_holds_the_answering_sentence():
    """The sentence that answers is shown even when it stands far inside."""
    text = "Nothing here. " * 300 + "The council keeps the list. " + "Nothing there. " * 300
    start = text.index("The council")
    part = excerpt(text, [(start, start + 27)], 600)
    assert "**The council keeps the list.**" in part.markdown()
    assert part.markdown().startswith("> […]\n> ")
    assert part.markdown().endswith("\n> […]")

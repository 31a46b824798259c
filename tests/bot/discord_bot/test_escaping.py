"""Escaped text shows exactly itself, by an independent reading of Discord's Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_bot.escaping import clip, clip_escaped, escape, length, quote_block, unescape
from tests.bot.discord_bot.markdown import Reshaped, block_quote, shown
from tests.bot.discord_bot.nasty import PIECES, chance_of, nasty_text, spans

texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec="utf-8"), max_size=20))).map("".join)


@given(texts)
def test_escaped_text_shows_itself(text):
    """Whatever the text, what Discord shows is that text, with nothing bold."""
    assert shown(escape(text)) == (text, "")


@given(texts)
def test_unescape_undoes_escape(text):
    """The question that a card carries is read back as it was asked."""
    assert unescape(escape(text)) == text


@given(st.integers(0, 2**32))
def test_a_quote_block_shows_the_text_with_its_highlights_bold(seed):
    """Bold covers the highlights, line by line and without the spaces at their edges, and nothing else."""
    chance = chance_of(seed)
    text = nasty_text(chance, 500)
    words, bold = shown(block_quote(quote_block(text, marked := spans(chance, len(text)))))
    assert words == text
    covered = {place for start, end in marked for place in range(start, end)}
    assert "".join(bold.split()) == "".join("".join(text[place] for place in sorted(covered)).split())


@given(texts, st.integers(40, 300))
def test_clipping_keeps_the_limit_and_the_beginning(text, most):
    """A clipped text is a beginning of the text and never longer than allowed."""
    clipped = clip_escaped(text, most)
    assert length(clipped) <= most
    back = unescape(clipped)
    assert back == text or text.startswith(back.removesuffix("…").rstrip())
    assert length(clip(text, most)) <= most


@pytest.mark.parametrize(
    "piece", ["**x**", "https://x.org", "<@501>", ":tada:", "- item", "# head", "@everyone", "`x`", "||x||", "_x_"]
)
def test_the_independent_reading_would_notice(piece):
    """The oracle is not blind: unescaped, each of these is shown as something else."""
    try:
        words, bold = shown(piece)
    except Reshaped:
        return
    assert (words, bold) == ("x", "x")

"""A quote is cut into marked runs and entries of lists, and nothing of it is lost."""

from hypothesis import given
from hypothesis import strategies as st

from bot.http.marking import Block, Part, blocks_of

TEXT = "To be named:\n- the place\n- its owner\nSend it."


def test_entries_stand_alone_and_marks_go_on_in_the_next_block():
    """A mark over two entries is one in each."""
    marked = (TEXT.index("the place"), TEXT.index("owner"))
    assert blocks_of(TEXT, [marked]) == [
        Block((Part("To be named:\n", marked=False),), entry=False),
        Block((Part("- ", marked=False), Part("the place\n", marked=True)), entry=True),
        Block((Part("- its ", marked=True), Part("owner\n", marked=False)), entry=True),
        Block((Part("Send it.", marked=False),), entry=False),
    ]


@given(st.text(alphabet="ab1.-) \n\r\u2028", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_blocks_join_to_the_text_and_marks_to_what_is_marked(text: str, one: int, other: int):
    """Letter for letter, whatever the text."""
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    parts = [part for block in blocks_of(text, [(start, end)] if start < end else []) for part in block.parts]
    assert "".join(part.text for part in parts) == text
    assert "".join(part.text for part in parts if part.marked) == text[start:end]

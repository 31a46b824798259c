"""The passage contract: verbatim slices within their page, covering all of it, within the encoder's limit."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Document, Heading, Kind, Page, passage_id
from index.text.splitting import SPECIAL_TOKENS, Geometry, embedding_prefix, embedding_text, split_pages

DOCUMENT = Document("guide", "A guide to the rights of communities", Kind.ORIGINAL)


def count_words(text):
    """Count tokens as a simple encoder would: three characters of a word at a time."""
    return sum((len(word) + 2) // 3 for word in text.split())


def words(count, start=0):
    """Return a sentence of ``count`` words."""
    return " ".join(f"word{number}" for number in range(start, start + count)).capitalize() + "."


page_texts = st.lists(
    st.text(alphabet=st.sampled_from(list("abc  ..\n\n-•Z9“”é")), max_size=400) | st.builds(words, st.integers(1, 90)),
    max_size=6,
).map("\n\n".join)


@st.composite
def pages(draw):
    """Draw a page with headings and ranges kept together at random places."""
    text = draw(page_texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    ranges = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]
    headings = tuple(Heading(a, b, 1 + a % 3, text[a:b].strip()) for a, b in ranges[::2])
    return Page(draw(st.integers(1, 3)), text, section=("Part",), headings=headings, keep_together=tuple(ranges[1::2]))


@settings(max_examples=200)
@given(st.lists(pages(), max_size=3), st.integers(5, 150), st.integers(64, 256))
def test_passages_are_trimmed_slices_that_cover_each_page_within_the_token_limit(drawn, target, most):
    """The whole contract at once, on arbitrary pages."""
    numbered = [Page(n, p.text, headings=p.headings, keep_together=p.keep_together) for n, p in enumerate(drawn, start=1)]
    geometry = Geometry(target, most)
    passages = split_pages(DOCUMENT, numbered, geometry, count_words)
    for page in numbered:
        position = 0
        for passage in [p for p in passages if p.page_number == page.number]:
            assert passage.text == page.text[passage.start : passage.end] == passage.text.strip() != ""
            assert not page.text[position : passage.start].strip()
            position = passage.end
            assert count_words(embedding_text(DOCUMENT, passage)) + SPECIAL_TOKENS <= most
            covered = "".join(passage.text[a:b] for a, b in passage.sentences)
            assert "".join(covered.split()) == "".join(passage.text.split())
        assert not page.text[position:].strip()
    assert len({passage.id for passage in passages}) == len(passages)


def test_passages_end_at_paragraphs_near_the_target_length():
    """Three paragraphs of 60 words at a target of 120 make passages of whole paragraphs."""
    text = "\n\n".join(words(20, n) + " " + words(20, n) + " " + words(20, n) for n in (0, 20, 40, 60))
    split = split_pages(DOCUMENT, [Page(1, text)], Geometry(120, 256), lambda text: len(text.split()))
    assert [len(passage.text.split()) for passage in split] == [120, 120]
    assert [len(passage.sentences) for passage in split] == [6, 6]


def test_a_heading_goes_with_the_text_below_it_and_names_its_section():
    """A heading on the page begins a passage; its path replaces what was in force from its level down."""
    text = "Old words end here.\n\nWho may bid\n\nA community group may bid."
    start = text.index("Who")
    page = Page(4, text, section=("Rights", "Old"), headings=(Heading(start, start + 11, 2, "Who may bid"),))
    first, second = split_pages(DOCUMENT, [page], Geometry(), count_words)
    assert (first.text, first.section) == ("Old words end here.", ("Rights", "Old"))
    assert (second.text, second.section) == ("Who may bid\n\nA community group may bid.", ("Rights", "Who may bid"))


def test_a_list_is_kept_together_while_it_fits():
    """Ranges that read as one are not cut, though the target is shorter."""
    text = "You need:\n" + "\n".join(f"- thing number {n}" for n in range(12))
    page = Page(1, words(30) + "\n\n" + text, keep_together=((len(words(30)) + 2, len(words(30)) + 2 + len(text)),))
    split = split_pages(DOCUMENT, [page], Geometry(20, 256), count_words)
    assert [passage.text for passage in split] == [words(30), text]


def test_a_sentence_that_is_too_long_is_cut_at_a_clause():
    """Only one sentence too long for the encoder is cut inside, after a comma where one is near."""
    text = ", ".join("a clause of five words" for _ in range(40)) + "."
    split = split_pages(DOCUMENT, [Page(1, text)], Geometry(120, 128), count_words)
    assert " ".join(passage.text for passage in split) == text
    assert [count_words(passage.text) for passage in split] == [80, 80, 80, 80]
    assert all(passage.text.endswith((",", ".")) for passage in split)


def test_no_blank_is_left_at_a_cut_before_a_line_break():
    """A long heading is cut at a line that ends in a blank."""
    text = f"{words(58)}\n\n9 \n\n{words(49)}"
    page = Page(1, text, headings=(Heading(66, len(text), 1, text[66:]),))
    split = split_pages(DOCUMENT, [page], Geometry(5, 64), count_words)
    assert all(passage.text == passage.text.strip() for passage in split)


def test_equal_texts_of_one_document_have_different_ids():
    """The occurrence is counted over the whole document."""
    split = split_pages(DOCUMENT, [Page(1, "Same text."), Page(2, "Same text.")], Geometry(), count_words)
    assert [p.id for p in split] == [passage_id("guide", "Same text.", 0), passage_id("guide", "Same text.", 1)]


def test_the_prefix_keeps_title_and_nearest_heading_of_a_long_path():
    """The prefix stays short enough to leave the passage its room."""
    section = tuple(f"heading number {n} with several words" for n in range(6))
    prefix = embedding_prefix(DOCUMENT, section)
    assert prefix.startswith(DOCUMENT.title)
    assert "heading number 5" in prefix
    assert len(prefix.split()) <= 30
    assert embedding_prefix(Document("bare", "", Kind.NOTES), ()) == ""


@pytest.mark.parametrize(("target", "most"), [(0, 256), (120, 10)])
def test_a_geometry_without_room_is_refused(target, most):
    """A geometry that no passage can meet is a programmer's error."""
    with pytest.raises(ValueError, match="at least"):
        Geometry(target, most)

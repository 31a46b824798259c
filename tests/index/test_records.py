"""The id of a passage: the same in every build in which the text stands unchanged, and of no other text."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from index.records import passage_id

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def test_the_id_is_made_of_document_and_text_as_links_out_there_have_it():
    """Links to passages are shared: a change of this rule would break them all."""
    wanted = hashlib.sha256(b"guide\0Who may bid?").hexdigest()[:16]
    assert passage_id("guide", "Who may bid?") == wanted
    assert passage_id("guide", "Who may bid?", 2) == hashlib.sha256(b"guide\0Who may bid?\0002").hexdigest()[:16]


@given(words, words, words, words, st.integers(0, 3), st.integers(0, 3))
def test_two_passages_share_an_id_only_where_all_is_equal(document, text, other_document, other_text, nth, other_nth):
    """Document, text, and which of equal texts it is."""
    same = (document, text, nth) == (other_document, other_text, other_nth)
    assert (passage_id(document, text, nth) == passage_id(other_document, other_text, other_nth)) is same

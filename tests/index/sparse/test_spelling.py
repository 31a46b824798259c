"""Typing errors are led to words of the corpus, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DamagedBuild
from index.sparse.spelling import Spelling, SpellingWriter, deletes

WORDS = ["council", "councils", "nomination", "moratorium", "library", "parish", "pub", "forum", "forum"]


@pytest.fixture
def spelling(tmp_path):
    """The words of a small corpus."""
    writer = SpellingWriter()
    writer.add(WORDS)
    writer.save(tmp_path / "spelling.sqlite")
    opened = Spelling(tmp_path / "spelling.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("counsil", "council"), ("nominaton", "nomination"), ("libary", "library"), ("moritoriun", "moratorium")],
)
def test_a_slip_or_two_are_mended(spelling, typed, meant):
    """One slip in a short word, two in a long one."""
    assert spelling.mend(typed, lambda word: False) == meant


@pytest.mark.parametrize("word", ["council", "nominations", "pub", "pbu", "belfast", "abc123"])
def test_words_that_are_right_short_or_far_from_all_others_stand(spelling, word):
    """A word of the corpus, another form of one, a short one, one that the encoder knows, one with digits."""
    assert spelling.mend(word, {"belfast"}.__contains__) == word


def test_a_letter_left_out_is_likelier_than_another_one_struck(tmp_path):
    """However often the other word stands in the corpus; of words alike in that the frequent one is meant."""
    writer = SpellingWriter()
    writer.add(["buying", *["bring"] * 9, "tenants", "tenant", "tenant"])
    writer.save(tmp_path / "spelling.sqlite")
    opened = Spelling(tmp_path / "spelling.sqlite")
    assert opened.nearest("bying", lambda _: False) == "buying"
    assert opened.nearest("tennant", lambda _: False) == "tenant"
    opened.close()


@pytest.mark.parametrize(
    ("word", "meant"), [("unheard", "unheard"), ("otters", "otters"), ("planing", "planning"), ("plannig", "planning")]
)
def test_a_form_of_a_known_word_is_a_slip_only_in_doubled_letters(tmp_path, word, meant):
    """The opposite of a word, another ending of one; a word that only lacks a doubled letter; and none that anybody knows."""
    writer = SpellingWriter()
    writer.add(["heard", "others", "planning"])
    writer.save(tmp_path / "spelling.sqlite")
    opened = Spelling(tmp_path / "spelling.sqlite")
    assert opened.nearest(word, {"heard", "otter", "plane"}.__contains__) == meant
    opened.close()


@given(st.text("abcdefgh", min_size=4, max_size=7), st.integers(0, 6))
def test_a_word_and_itself_with_one_letter_less_share_a_form(word, place):
    """What the index of deletes rests on."""
    shorter = word[: place % len(word)] + word[place % len(word) + 1 :]
    assert deletes(word) & deletes(shorter)


def test_a_file_that_is_no_word_list_is_named_as_damage(tmp_path):
    """The message tells what to do."""
    (tmp_path / "x").write_bytes(b"nothing at all")
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        Spelling(tmp_path / "x")

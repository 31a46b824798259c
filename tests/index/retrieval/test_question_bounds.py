"""What a question costs is bounded by how much of it is read, never by how much of it came: counted in steps, not in seconds."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest import mock

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.abstention.scope import Signposts
from index.dense.faiss_reader import Vectors
from index.encoders.query_encoder import MOST_PIECES, MOST_PIECES_THOROUGH, QueryEncoder, places_read
from index.lexicon import Signpost
from index.retrieval.questions import (
    LONGEST_READ,
    MOST_MEANT,
    MOST_MENDED,
    MOST_NAMES,
    MOST_PHRASES,
    MOST_WORDS,
    Synonyms,
    both_ends,
    read_question,
)
from index.sparse.spelling import LONGEST, Mending, Spelling, SpellingWriter, deletes
from index.text.analysis import LONGEST_WORD, words_of

LONG = 2000  # characters: the most that a surface takes
TEXTS = {
    "two cases": "aB" * (LONG // 2),
    "ligatures": "ﬃ" * LONG,
    "letters that fold to eighteen": "ﷺ" * LONG,
    "marks": "a" + "\u0301\u0323" * (LONG // 2),
    "emoji": "a👨\u200d👩" * (LONG // 4),
    "one letter words": " ".join(chr(0x100 + number) for number in range(LONG // 2)),
    "different words": " ".join(f"word{chr(0x61 + number % 26)}{chr(0x61 + number // 26)}" for number in range(LONG // 7)),
    "sections": " ".join(f"s. {number}" for number in range(1, LONG // 6)),
    "acronyms": " x ".join(f"A{chr(0x41 + number % 26)}{chr(0x41 + number // 26)}" for number in range(LONG // 6)),
    "one acronym": "A&" * (LONG // 2),
    "phrases": '"big pub" ' * (LONG // 10),
    "quotation marks": '“"' * (LONG // 2),
    "brackets": "(a[b" * (LONG // 4),
    "backwards, NUL and halves": "\u202ea\x00\ud800" * (LONG // 4),
}


@dataclass
class Counting:
    """A mend that knows nothing and counts what it is asked."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, word: str) -> str:
        """Return ``word``."""
        self.asked.append(word)
        return word


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_whatever_is_typed_the_question_read_is_small(text):
    """Characters, terms, pairs, phrases, names and words to mend each stay under their bound, at 2,000 characters as at 200,000."""
    for many in (1, 100):
        mend = Counting()
        asked = read_question(text * many, mend, Synonyms([["pub", *(f"inn{letter}" for letter in "abcdefgh")]]))
        assert len(asked.text) <= LONGEST_READ
        assert len(asked.terms) <= MOST_WORDS + MOST_NAMES
        assert len(asked.pairs) < MOST_WORDS + MOST_NAMES
        assert len(asked.phrases) <= MOST_PHRASES
        assert len(asked.meant) <= MOST_MEANT
        assert len(asked.names) <= MOST_NAMES
        assert len(mend.asked) <= LONGEST_READ
        assert max(map(len, asked.terms), default=0) <= LONGEST_WORD


@given(st.text(max_size=3 * LONGEST_READ))
def test_of_a_long_text_both_ends_are_read_and_a_short_one_is_read_whole(text):
    """Nothing is added but the space between the ends."""
    read = both_ends(text)
    assert len(read) <= LONGEST_READ
    if len(text) <= LONGEST_READ:
        assert read == text
    else:
        assert any(text.startswith(read[:cut]) and text.endswith(read[cut + 1 :]) for cut in range(len(read)))


def test_a_question_at_the_end_of_a_letter_is_read():
    """Who tells a story first asks last; both the first words and the last are kept, whole."""
    read = both_ends(f"The vestry {'and so on ' * 200}who may nominate a pub?")
    assert read.startswith("The vestry and")
    assert read.endswith("on who may nominate a pub?")


def test_a_word_counts_as_far_as_words_go():
    """Two words that differ only behind the bound are one term, and nothing longer is compared or remembered."""
    one, other = words_of(f"{'a' * LONG}b"), words_of("a" * (LONG + 7))
    assert [word.term for word in one] == [word.term for word in other]
    assert len(words_of("ﷺ" * LONG)[0].surface) == LONGEST_WORD


@pytest.mark.parametrize("length", [4, 8, LONGEST])
def test_the_forms_of_a_word_are_counted_by_its_length(length):
    """A word of different letters has itself, L with one letter less, and L * (L - 1) / 2 with two less."""
    word = "".join(chr(0x61 + number) for number in range(length))
    two = length * (length - 1) // 2 if length >= 8 else 0
    assert len(deletes(word)) == 1 + length + two


@pytest.fixture
def looked_up(tmp_path):
    """The words of a corpus in which one is 700 letters long, and a list of how many values each look-up names."""
    writer = SpellingWriter()
    writer.add(["council", "nomination", "ab" * 350, "a" * (LONGEST + 1), "b" * LONGEST])
    writer.save(tmp_path / "spelling.sqlite")
    spelling = Spelling(tmp_path / "spelling.sqlite")
    sizes, fetch = [], spelling._fetch

    def counted(statement: str, *values: str):
        sizes.append(len(values))
        return fetch(statement, *values)

    with mock.patch.object(spelling, "_fetch", counted):
        yield spelling, sizes
    spelling.close()


def test_words_of_a_corpus_that_are_too_long_are_not_written(looked_up):
    """The longest word kept has its forms; one letter more and there is nothing of it."""
    spelling, _ = looked_up
    words = {word for (word,) in spelling._connection.execute("SELECT word FROM words")}
    forms = spelling._connection.execute("SELECT count(*) FROM deletes").fetchone()[0]
    assert words == {"council", "nomination", "b" * LONGEST}
    assert forms == sum(len(deletes(word)) for word in words)


@pytest.mark.parametrize("word", ["ab" * 1000, "ffi" * 2000, "a" * (LONGEST + 1)])
def test_a_word_that_is_too_long_is_not_looked_up(looked_up, word):
    """No form is made of it and no statement is run."""
    spelling, sizes = looked_up
    assert spelling.mend(word, lambda _: False) == word
    assert sizes == []


def test_the_longest_word_that_is_mended_is_looked_up_by_466_forms(looked_up):
    """One look-up for the word and one for its forms."""
    spelling, sizes = looked_up
    word = "".join(chr(0x100 + number) for number in range(LONGEST))
    assert spelling.mend(word, lambda _: False) == word
    assert sizes == [2, 466]


def test_only_the_first_words_that_nobody_knows_are_mended():
    """Each once, however often it stands in the question; a word that is known does not count."""
    tried = []
    mending = Mending(lambda word: word != "known", lambda word: tried.append(word) or word.upper(), 2)
    assert [mending(word) for word in ("one", "known", "one", "two", "three", "two")] == [
        "ONE",
        "known",
        "ONE",
        "TWO",
        "three",
        "TWO",
    ]
    assert tried == ["one", "two"]
    assert MOST_MENDED >= 6, "the questions of people hold a few slips, and all of them are mended"


class FakeTokenizer:
    """One piece a character, special ones at both ends."""

    def encode(self, text: str) -> SimpleNamespace:
        """Return ids and pieces."""
        return SimpleNamespace(ids=[1, *(10 + ord(letter) % 50 for letter in text), 2], tokens=["[CLS]", *text, "[SEP]"])


@pytest.mark.parametrize(("dimension", "most"), [(384, MOST_PIECES), (768, MOST_PIECES_THOROUGH)])
@pytest.mark.parametrize("length", [5, MOST_PIECES_THOROUGH - 2, MOST_PIECES - 2, MOST_PIECES - 1, LONG])
def test_no_more_than_so_many_pieces_of_both_ends_are_encoded(length, dimension, most):
    """The graph gets the special piece at both ends whatever is cut off, and what comes out has a vector for each piece within."""
    seen = []

    def run(_, inputs):
        seen.append(inputs["input_ids"][0].tolist())
        return [np.ones((1, len(seen[-1]), 3), np.float32)]

    tokenizer: Any = FakeTokenizer()
    encoder = QueryEncoder(SimpleNamespace(run=run), tokenizer, dimension)
    encoded = encoder.encode("a" * length)
    inner = min(length, most - 2)
    assert len(seen[0]) == inner + 2
    assert (seen[0][0], seen[0][-1]) == (1, 2)
    assert len(encoded.tokens) == len(encoded.pieces) == inner


def test_of_a_long_text_both_ends_are_read():
    """The question stands at its beginning or at its end."""
    assert places_read(5, 8) == [0, 1, 2, 3, 4]
    assert places_read(10, 4) == [0, 1, 8, 9]
    assert places_read(10, 5) == [0, 1, 7, 8, 9]


def test_a_phrase_is_found_beside_any_number_of_words_that_hold_it():
    """As a whole word only: neighbours that are letters, digits or underscores make it a part of another."""
    post = Signpost("tax", "near miss", ("council tax",), "Ask the council.")
    posts = Signposts([post], Vectors(faiss.IndexFlatIP(3)))
    assert posts.standing_at(f"{'xcouncil tax ' * 500}council tax?") is post
    assert posts.standing_at("xcouncil tax, council taxes, council tax_, council tax9") is None

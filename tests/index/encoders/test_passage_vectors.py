"""Which tokens of a passage are kept: what says something by itself, and at least something of every sentence."""

import numpy as np
import pytest

from index.encoders.passage_vectors import NO_SENTENCE, passage_vectors
from index.records import Document, Kind, Passage
from index.text.splitting import embedding_text
from tests.fake_model import FakeEmbedder

GUIDE = Document("guide", "A guide to the pub", Kind.ORIGINAL)


def passage(sentences):
    """A passage of ``sentences``, each behind the one before."""
    text = " ".join(sentences)
    starts = [text.index(sentence) for sentence in sentences]
    spans = tuple((start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True))
    return Passage("p", GUIDE.id, 1, 0, len(text), text, (), spans, ())


@pytest.fixture(scope="module")
def model():
    """The model of the tests."""
    return FakeEmbedder()


def made_of(model, sentences):
    """The vectors of a passage, and those of every token of the model's."""
    pair = (GUIDE, passage(sentences))
    return passage_vectors([pair], model)[0], model.embed_tokens([embedding_text(*pair)])[0]


def test_marks_and_function_words_leave_no_vector_and_are_counted_all_the_same(model):
    """Of "the" and the full stop it is known that they stand there, and nothing more."""
    made, seen = made_of(model, ["The pub was sold."])
    assert 0 < len(made.tokens) < len(seen.tokens)
    assert len(made.tokens) == len(made.sentences)
    np.testing.assert_array_equal(made.pieces, np.unique(seen.pieces))


def test_what_is_kept_stands_in_order_with_its_sentence(model):
    """Title first, then sentence by sentence."""
    made, _ = made_of(model, ["The pub was sold.", "Neighbours met in the hall."])
    assert made.sentences.tolist() == sorted(made.sentences.tolist())
    assert set(made.sentences.tolist()) == {NO_SENTENCE, 0, 1}


def test_a_sentence_of_function_words_keeps_all_of_them(model):
    """It could not be marked otherwise, and every sentence behind it would be taken for the one before."""
    made, _ = made_of(model, ["The pub was sold.", "It is so.", "Neighbours met."])
    assert set(made.sentences.tolist()) == {NO_SENTENCE, 0, 1, 2}
    alone = model.count_tokens("It is so.")
    assert int((made.sentences == 1).sum()) == alone

"""Token vectors on disk, whole and shortened."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import BYTE_SCALE, in_bytes
from index.encoders.passage_vectors import PassageVectors
from index.encoders.query_encoder import EncodedQuestion
from index.late_interaction.max_sim import max_sim
from index.late_interaction.token_vectors import Tokens, segment_starts
from index.late_interaction.token_writer import WHOLE_UP_TO, TokensWriter

DIMENSION = 384
WEIGHTS = np.full(4, 0.25, np.float32)


def unit(vectors):
    """Vectors at length 1."""
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def passages():
    """Forty passages of three sentences whose tokens differ mostly in a hundred directions, as those of a model do."""
    generator = np.random.default_rng(4)
    spread = np.concatenate([np.full(100, 1.0), np.full(DIMENSION - 100, 0.1)])
    turned, _ = np.linalg.qr(generator.normal(size=(DIMENSION, DIMENSION)))
    made = []
    for _ in range(40):
        tokens = unit((generator.normal(size=(30, DIMENSION)) * spread) @ turned)
        sentences = np.repeat(np.arange(3), 10).astype(np.int16)
        made.append(PassageVectors(tokens[0], in_bytes(tokens), sentences, np.arange(4, dtype=np.int32)))
    return made


def written(folder, passages, directions=None, whole_up_to=WHOLE_UP_TO):
    """Write and open."""
    writer = TokensWriter(folder, DIMENSION, directions, whole_up_to)
    for passage in passages:
        writer.add(passage)
    writer.close()
    return Tokens(folder, DIMENSION)


def asked(passage):
    """A question of four of the passage's own words."""
    tokens = passage.tokens[[3, 7, 12, 25]].astype(np.float32) / BYTE_SCALE
    return EncodedQuestion(unit(tokens.mean(axis=0)), unit(tokens), np.arange(4))


def test_shortened_tokens_find_the_same_passages(tmp_path, passages):
    """In a third of the room."""
    whole = written(tmp_path / "whole", passages)
    short = written(tmp_path / "short", passages, whole_up_to=10)
    assert (tmp_path / "short" / "vectors.u8").stat().st_size * 3 == (tmp_path / "whole" / "vectors.u8").stat().st_size
    assert not list((tmp_path / "short").glob("*.whole"))
    rows = np.arange(len(passages))
    for row, passage in enumerate(passages):
        found = [max_sim(tokens.seen(asked(passage)), WEIGHTS, tokens.of(rows)) for tokens in (whole, short)]
        for matches in found:
            assert np.argmax(matches.cubed) == np.argmax(matches.plain) == row
        np.testing.assert_allclose(found[0].plain, found[1].plain, atol=0.15)
        np.testing.assert_allclose(found[0].best_sentence, found[1].best_sentence, atol=0.15)


def test_the_next_build_takes_shortened_tokens_over_as_they_are(tmp_path, passages):
    """Those taken over and those made anew stand in one form, from the first on."""
    short = written(tmp_path / "short", passages, whole_up_to=10)
    assert short.frequencies(np.array([0, 3, 4])).tolist() == [len(passages), len(passages), 0]
    taken = [short.stored(row, passages[row].passage) for row in range(20)]
    again = written(tmp_path / "again", [*taken, *passages[20:]], directions=short.directions)
    assert (tmp_path / "again" / "vectors.u8").read_bytes() == (tmp_path / "short" / "vectors.u8").read_bytes()
    np.testing.assert_array_equal(again.directions, short.directions)
    np.testing.assert_array_equal(again.frequencies(np.arange(5)), short.frequencies(np.arange(5)))


numbered = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8).map(sorted), min_size=1, max_size=6)


@given(numbered)
def test_a_segment_begins_with_each_passage_and_each_new_sentence_in_it(passages):
    """Two passages whose sentences have the same number at the border are two segments."""
    wanted = []
    place = 0
    for sentences in passages:
        for number, sentence in enumerate(sentences):
            if number == 0 or sentence != sentences[number - 1]:
                wanted.append(place)
            place += 1
    bounds = np.cumsum([0, *map(len, passages)])
    assert segment_starts(np.concatenate(passages).astype(np.int16), bounds).tolist() == wanted

"""Where sentences and passages begin among tokens, by looking at one token after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.encoders.sentence_bounds import segment_starts

passages = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8).map(sorted), min_size=1, max_size=6)


@given(passages)
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

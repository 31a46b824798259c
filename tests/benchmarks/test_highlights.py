"""How highlights are measured."""

import numpy as np
import pytest

from benchmarks.highlights import Mixed, Shown, overlap, share_marked
from index.records import Passage


def _shown(matches, answers):
    passage = Passage("p", "d", 1, 0, 26, "One here. Two here. Three.", sentences=((0, 10), (10, 20), (20, 26)))
    return Shown(passage, answers, np.array(matches, np.float32), np.zeros(3, np.float32))


def test_a_highlight_hits_where_it_shares_a_character_with_the_answer():
    """Ranges are half-open: the sentence that ends where the answer begins misses it. Passages without an answer do not count."""
    first_only = Mixed(mix=0.0, nearly=0.05, count=2)
    assert overlap([_shown([0.9, 0.1, 0.1], ((10, 13),))], first_only) == 0
    assert overlap([_shown([0.9, 0.1, 0.1], ((9, 13),)), _shown([0.1, 0.1, 0.9], ())], first_only) == 1


def test_a_second_sentence_is_marked_where_it_comes_nearly_as_close():
    """Two sentences of 10 characters in 26 are marked, or one."""
    assert share_marked([_shown([0.9, 0.88, 0.1], ((0, 1),))], Mixed(0.0, 0.05, 2)) == pytest.approx(20 / 26)
    assert share_marked([_shown([0.9, 0.8, 0.1], ((0, 1),))], Mixed(0.0, 0.05, 2)) == pytest.approx(10 / 26)

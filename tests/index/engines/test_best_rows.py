"""Of many passages the best by words are found, whether they are looked for one by one or in groups."""

import numpy as np
import pytest

from index.engines.embedded import GROUP, GROUPED_FROM, best_by_score


@pytest.mark.parametrize("size", [1, 60, 1037, GROUPED_FROM, GROUPED_FROM + 1, GROUPED_FROM + 3 * GROUP])
@pytest.mark.parametrize("share", [0, 0.0005, 0.3, 1])
@pytest.mark.parametrize("count", [60, 100])
def test_no_better_row_is_left_out(size: int, share: float, count: int) -> None:
    """The same scores come back as by sorting all, each row once, and none that is zero."""
    random = np.random.default_rng(size)
    scores = np.where(random.random(size) < share, random.random(size), 0).astype(np.float32)

    rows = best_by_score(scores, count)

    wanted = np.sort(scores[scores > 0])[::-1][:count]
    assert np.sort(scores[rows])[::-1].tolist() == wanted.tolist()
    assert len(set(rows.tolist())) == len(rows)


@pytest.mark.parametrize("step", [1, GROUPED_FROM * 2 // GROUP])
def test_the_best_are_found_where_all_stand_in_one_group(step: int) -> None:
    """A group of nothing but good rows gives all of them, though its best counts once: neighbours, or rows a step apart."""
    scores = np.full(GROUPED_FROM * 2, 0.01, np.float32)
    good = np.arange(GROUP) * step
    scores[good] += np.arange(1, GROUP + 1, dtype=np.float32)

    assert sorted(best_by_score(scores, 100).tolist()) == good[-100:].tolist()

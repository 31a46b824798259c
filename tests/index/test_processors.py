"""How many processors are used: those that there are, or fewer where somebody asked for that."""

import pytest

from index.processors import at_most, usable_processors


@pytest.fixture(autouse=True)
def _eight(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.parametrize(("asked", "used"), [(0, 8), (1, 1), (3, 3), (64, 8)])
def test_no_more_than_asked_for_and_no_more_than_there_are(asked, used):
    """0 is all; afterwards all are used again."""
    with at_most(asked):
        assert usable_processors() == used
    assert usable_processors() == 8


def test_a_failure_gives_them_back():
    """Whatever ends it."""
    with pytest.raises(OSError, match="full"), at_most(2):
        raise OSError("full")
    assert usable_processors() == 8

"""The values used last, however many threads ask for them."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from index.remembered import Remembered


def test_what_is_held_is_not_made_again():
    """And counts as a hit; another key is another value."""
    held: Remembered[str] = Remembered(2)
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    assert [held.of(name, partial(make, name)) for name in ("a", "b", "a")] == ["A", "B", "A"]
    assert (made, held.hits) == (["a", "b"], 1)


def test_what_could_not_be_made_is_not_held():
    """The next who asks tries again."""
    held: Remembered[int] = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        held.of("a", lambda: 1 // 0)
    assert (len(held), held.of("a", lambda: 1)) == (0, 1)


def test_many_threads_never_hold_more_than_is_allowed():
    """Nor get another's value."""
    held: Remembered[int] = Remembered(8)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: held.of(number % 20, lambda: number % 20), range(2000)))
    assert found == [number % 20 for number in range(2000)]
    assert len(held) == 8

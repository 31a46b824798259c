"""What was used lately, so that it need not be made again: answers to questions, passages, what is shown of them.

Comes in: values by key. Goes out: those values, or nothing. Refuses to write anything down: what is held lies in memory only, holds
nobody's identity, and is gone with the build that it came from. What gives way is decided by the library, ``cachetools``.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

_Value = TypeVar("_Value")


class Remembered(Generic[_Value]):
    """The values used last, at most ``most`` of them. Safe to use from several threads, which the library's cache is not."""

    def __init__(self, most: int, size_of: Callable[[_Value], int] | None = None) -> None:
        """Hold nothing yet; with ``size_of``, ``most`` is what all sizes together may come to."""
        self._most, self._size_of = most, size_of
        self._held: LRUCache[Hashable, _Value] = LRUCache(most, getsizeof=size_of)
        self._lock = threading.Lock()
        self.hits = 0

    def __len__(self) -> int:
        """Return how many values are held."""
        return len(self._held)

    def get(self, key: Hashable) -> _Value | None:
        """Return what is held under ``key``, or None, and count it where it is held."""
        with self._lock:
            value = self._held.get(key)
            self.hits += value is not None
            return value

    def put(self, key: Hashable, value: _Value) -> None:
        """Hold ``value`` under ``key``; what was not used for longest gives way, and what is too large is not held."""
        if self._size_of is not None and self._size_of(value) > self._most:
            return
        with self._lock:
            self._held[key] = value

    def of(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return what is held under ``key``, or make it and hold it."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def several(self, keys: Sequence[Hashable], make: Callable[[list[Any]], Iterable[_Value]]) -> list[_Value]:
        """Return what is held under each of ``keys``, in order; ``make`` gives the values of those that are not, in their order."""
        found = {key: value for key in keys if (value := self.get(key)) is not None}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        for key, value in zip(missing, make(missing) if missing else (), strict=True):
            found[key] = value
            self.put(key, value)
        return [found[key] for key in keys]

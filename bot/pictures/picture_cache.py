"""Finished pictures in memory, bounded in bytes; each is drawn once, however many ask at the same moment.

Comes in: a key and a way to draw. Goes out: the bytes. Refuses to know what is drawn.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable


class PictureCache:
    """Least recently used pictures go first. For one event loop."""

    def __init__(self, most_bytes: int) -> None:
        """Begin empty."""
        self._most_bytes = most_bytes
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._drawing: dict[Hashable, asyncio.Task[bytes]] = {}
        self.bytes = 0

    async def get(self, key: Hashable, draw: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the picture of ``key``, drawn by ``draw`` where it is not held; those who ask meanwhile wait for the same."""
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        if key not in self._drawing:
            self._drawing[key] = asyncio.ensure_future(self._drawn(key, draw))
        # Shielded: when one of those who wait goes away, the others still get the picture.
        return await asyncio.shield(self._drawing[key])

    async def _drawn(self, key: Hashable, draw: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            picture = await draw()
        finally:
            del self._drawing[key]
        if len(picture) <= self._most_bytes:
            self._held[key] = picture
            self.bytes += len(picture)
        while self.bytes > self._most_bytes:
            self.bytes -= len(self._held.popitem(last=False)[1])
        return picture

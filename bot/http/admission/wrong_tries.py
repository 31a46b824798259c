"""Slow down who tries one token after the other: each wrong try makes an address wait twice as long for the next.

Comes in: an address and that its try was wrong. Goes out: the seconds until it may try again. Refuses to know the token, and to keep
an address in a form that could be read back.
"""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from bot.http.clients import network_of

FREE_TRIES = 3  # a person mistypes
LONGEST_WAIT = 15 * 60  # seconds
FORGET_AFTER = 60 * 60  # seconds without a wrong try
MOST_ADDRESSES = 20_000  # beyond it the one that tried longest ago is forgotten


class WrongTries:
    """The wrong tries of each address, in the memory of this process."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Know of none; ``now`` in seconds."""
        self._now = now
        self._salt = secrets.token_bytes(16)
        self._tries: OrderedDict[bytes, tuple[int, float]] = OrderedDict()  # address to (how many, when the last)

    def wait(self, address: str) -> int:
        """Return the seconds that ``address`` has to wait; 0 where it may try."""
        count, last = self._known(self._key(address))
        pause = min(2 ** (count - FREE_TRIES), LONGEST_WAIT) if count >= FREE_TRIES else 0
        return max(0, math.ceil(last + pause - self._now()))

    def note(self, address: str) -> None:
        """Count one wrong try of ``address``."""
        key = self._key(address)
        count, _ = self._known(key)
        self._tries.pop(key, None)
        self._tries[key] = (min(count + 1, 32), self._now())
        if len(self._tries) > MOST_ADDRESSES:
            self._tries.popitem(last=False)

    def _known(self, key: bytes) -> tuple[int, float]:
        count, last = self._tries.get(key, (0, 0.0))
        return (count, last) if self._now() - last < FORGET_AFTER else (0, 0.0)

    def _key(self, address: str) -> bytes:
        return hashlib.blake2b(network_of(address).encode(), key=self._salt, digest_size=16).digest()

"""Give memory that is not used back to the system, now and then.

Comes in: nothing. Goes out: nothing. Refuses to know what memory was used for.

What a question needs is freed when it is answered, but glibc keeps some of it: after a thousand questions a server holds 12 of 113 MB
for nothing, and giving them back takes 1.4 ms (``python -m benchmarks.given_back``). Done every two seconds, and a process that does
nothing is left asleep. Other systems' C libraries have no such call, and nothing is done there.
"""

import asyncio
import ctypes
import time
from collections.abc import Callable

EVERY_SECONDS = 2.0
WORTH_SECONDS = 0.1  # of processor time since the last time: less has left nothing behind


async def keep_giving_back() -> None:
    """Give back what is free every few seconds, where something was done, until cancelled."""
    trim, worked = trimming(), 0.0
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if trim is not None and time.process_time() - worked > WORTH_SECONDS:
            await asyncio.to_thread(trim, 0)
            worked = time.process_time()


def trimming() -> Callable[[int], int] | None:
    """Return glibc's ``malloc_trim``, or None where the C library has no such call."""
    try:
        return ctypes.CDLL(None).malloc_trim  # found by name in whatever is loaded
    except (AttributeError, OSError, TypeError):
        return None

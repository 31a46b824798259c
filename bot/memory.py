"""Give memory that is not used back to the system, now and then.

Comes in: nothing. Goes out: nothing. Refuses to know what memory was used for.

What a question needs is freed when it is answered, but glibc keeps most of it: after a thousand questions a server held 35 of 240 MB
for nothing. Made to give it back at once it takes a fifth more processor time a question; every few seconds costs nothing that can
be measured. Other systems' C libraries have no such call, and nothing is done there.
"""

import asyncio
import ctypes
from collections.abc import Callable

EVERY_SECONDS = 10.0


async def keep_giving_back() -> None:
    """Give back what is free every few seconds until cancelled."""
    trim = _trim()
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if trim is not None:
            await asyncio.to_thread(trim, 0)


def _trim() -> Callable[[int], int] | None:
    try:
        return ctypes.CDLL(None).malloc_trim  # found by name in whatever is loaded
    except (AttributeError, OSError, TypeError):
        return None

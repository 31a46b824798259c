"""Blocking work leaves the event loop, one piece after the other, and no more waits than is allowed."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from bot.errors import TooBusy
from bot.worker_thread import OffLoop


@pytest.fixture
def thread() -> Iterator[OffLoop]:
    """A thread on which twenty may wait."""
    made = OffLoop("test", 20)
    yield made
    made.close()


async def test_work_is_done_on_one_thread_that_is_not_the_loops(thread: OffLoop):
    """The loop looks at its connections meanwhile."""
    there = await asyncio.gather(*(thread.run(threading.get_ident) for _ in range(5)))
    assert len(set(there)) == 1
    assert there[0] != threading.get_ident()


async def test_the_loop_goes_on_while_work_is_slow(thread: OffLoop):
    """What runs on the thread may even wait for the loop."""
    gate = threading.Event()
    waiting = asyncio.create_task(asyncio.to_thread(lambda: None))
    slow = asyncio.create_task(thread.run(gate.wait, 10))
    await waiting
    assert not slow.done()
    gate.set()
    assert await slow


async def test_more_than_may_wait_are_asked_to_come_back(thread: OffLoop):
    """At once, and those that wait are answered in their order; an error of one is its own."""
    answers = await asyncio.gather(*(thread.run(int, str(number)) for number in [*range(19), "x", 21]), return_exceptions=True)
    assert answers[:19] == list(range(19))
    assert isinstance(answers[19], ValueError)
    assert isinstance(answers[20], TooBusy)
    assert await thread.run(int, "7") == 7
    assert thread.waiting == 0


async def test_one_who_leaves_while_waiting_lets_the_next_be_served(thread: OffLoop):
    """A closed connection cancels its question."""
    gate = threading.Event()
    first, second, third = (asyncio.create_task(thread.run(work)) for work in (gate.wait, gate.set, lambda: 3))
    await asyncio.sleep(0)
    second.cancel()
    gate.set()
    assert [await first, await third] == [True, 3]
    assert thread.waiting == 0

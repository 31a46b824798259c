"""Questions are answered one after the other, quickly where that is quick, and nobody else waits for long."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from bot.errors import TooBusy
from bot.http import turns
from bot.http.turns import Turns
from bot.worker_thread import OffLoop

PROVING = 6  # quick answers after which any pace counts as quick


@pytest.fixture
def thread() -> Iterator[OffLoop]:
    """A thread for slow answers."""
    made = OffLoop("test", 100)
    yield made
    made.close()


@pytest.fixture
async def quick(thread: OffLoop) -> Turns:
    """Turns that have proved to be quick."""
    made = Turns(thread, 20)
    for _ in range(PROVING):
        await made.run(int)
    return made


async def test_quick_answers_stay_on_the_event_loop_and_slow_ones_leave_it(quick: Turns, monkeypatch: pytest.MonkeyPatch):
    """What turns out to be slow goes to a thread from the next time on, until it is quick again."""
    here = threading.get_ident()
    assert await quick.run(threading.get_ident) == here
    monkeypatch.setattr(turns, "QUICK_SECONDS", 0.001)
    await quick.run(time.sleep, 0.05)
    assert await quick.run(threading.get_ident) != here
    monkeypatch.setattr(turns, "QUICK_SECONDS", 1.0)
    assert await quick.run(threading.get_ident) == here


async def test_the_first_answers_leave_the_event_loop(thread: OffLoop):
    """Nobody knows yet how slow they are: a build may lie on a cold disk."""
    assert await Turns(thread, 20).run(threading.get_ident) != threading.get_ident()


async def test_others_wait_for_one_answer_at_most(quick: Turns):
    """However many questions are ready at once, the loop comes round after each."""
    rounds = 0

    async def look() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0)
            rounds += 1

    looking = asyncio.create_task(look())
    seen = await asyncio.gather(*(quick.run(lambda: rounds) for _ in range(10)))
    looking.cancel()
    assert len(set(seen)) == 10
    assert seen == sorted(seen), "in the order of asking"


async def test_more_than_may_wait_are_asked_to_come_back(quick: Turns):
    """At once, and those that wait are answered; an error of one is its own."""
    answers = await asyncio.gather(*(quick.run(int, str(number)) for number in [*range(20), "x", 21]), return_exceptions=True)
    assert answers[:20] == list(range(20))
    assert isinstance(answers[20], ValueError)
    assert isinstance(answers[21], TooBusy)
    assert await quick.run(int, "7") == 7
    assert quick.waiting == 0


async def test_one_who_leaves_while_waiting_lets_the_next_have_the_turn(quick: Turns):
    """A closed connection cancels its question."""
    first, second, third = (asyncio.create_task(quick.run(int, text)) for text in "123")
    await asyncio.sleep(0)
    second.cancel()
    assert [await first, await third] == [1, 3]
    assert quick.waiting == 0

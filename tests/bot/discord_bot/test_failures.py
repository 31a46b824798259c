"""Whatever fails, the words arrive: pictures, builds, cards, through the real discord.py client."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.answering.answers import Quote
from bot.errors import StoreFull, TooBusy
from bot.state.feedback import Verdict
from index.errors import UnknownPassage
from tests.bot.discord_bot.fakes import quote
from tests.discord_double.asks import COMMAND, ask, begin, finished, press, shown_words, write
from tests.discord_double.people import BOT, command, interaction
from tests.discord_double.shapes import COMPONENTS_V2

MENTION = f"<@{BOT}>"


async def test_a_card_that_discord_refuses_becomes_plain_text(double, connect):
    """Whatever it is that Discord dislikes about a card, the words arrive."""
    await connect()
    double.fail("PATCH", "/messages/@original", 400, body={"message": "Invalid Form Body", "code": 50035})
    opened = await ask(double, "Who keeps the list?")
    assert not opened.message["flags"] & COMPONENTS_V2
    assert opened.message["content"].startswith("**Who keeps the list?**\n-# What the texts say.\n### Community rights")


async def test_the_picture_of_the_page_is_attached_with_the_quote_as_its_text(double, connect):
    """The file goes with the card, and both describe it."""
    await connect(picture=lambda quote: b"\x89PNG picture of " + quote.id.encode())
    opened = await ask(double, "Who keeps the list?")
    assert opened.files == {"page.png": b"\x89PNG picture of 0000000000000001"}
    call = double.to("PATCH", "/messages/@original")[0]
    assert call.payload["attachments"][0]["description"].endswith("The list is public.")


async def test_a_page_is_drawn_once_however_many_ask(double, connect):
    """The same passage, ten people at once: one picture."""
    drawn: list[str] = []
    await connect(picture=lambda quote: drawn.append(quote.id) or b"png")
    opened = await asyncio.gather(*(ask(double, "Who keeps the list?", who={"person": str(600 + n)}) for n in range(10)))
    assert drawn == ["0000000000000001"]
    assert [each.files for each in opened] == [{"page.png": b"png"}] * 10


async def test_a_page_is_drawn_anew_from_the_next_build(double, connect, service):
    """A document may be replaced by one in which the same words stand on another page: the old picture is not theirs."""
    await connect(picture=lambda quote: f"page {quote.id} of {service.build.id}".encode())
    await ask(double, "Who keeps the list?")
    service.build = SimpleNamespace(id="next")
    opened = await ask(double, "Who keeps the list?")
    assert opened.files == {"page.png": b"page 0000000000000001 of next"}


@pytest.mark.parametrize("failure", ["error", "slow", "none"])
async def test_a_picture_that_fails_is_left_out(double, connect, failure):
    """An error, too long a wait or no picture at all: the words come without it."""
    blocked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def draw(_: Quote) -> bytes:
        if failure == "error":
            raise ValueError("broken page")
        if failure == "slow":
            asyncio.run_coroutine_threadsafe(blocked.wait(), loop).result(5)
        raise UnknownPassage("no pictures")

    await connect(picture=draw, picture_within=0.05)
    opened = await ask(double, "Who keeps the list?")
    blocked.set()
    assert opened.files == {}
    assert "The council" in shown_words(opened)


async def test_a_build_that_fails_is_a_sentence_not_silence(double, connect, service, health):
    """Errors of the build go to the log; the person is told to try again."""
    service.error = RuntimeError("disk gone")
    await connect()
    opened = await ask(double, "Who keeps the list?")
    assert opened.message["content"] == "Something went wrong on my side. Please ask again in a minute."
    assert health.failed == 1


async def test_searching_never_blocks_the_loop(double, connect, service):
    """While one question is searched for, "thinking" for the next one goes out at once."""
    blocked = asyncio.Event()
    loop = asyncio.get_running_loop()
    usual = service.answer

    def slow(*arguments: Any) -> Any:
        asyncio.run_coroutine_threadsafe(blocked.wait(), loop).result(5)
        return usual(*arguments)

    service.answer = slow
    await connect()
    opened = [
        await begin(double, interaction(COMMAND, command("ask", question="Slow?"), person=str(600 + n))) for n in range(5)
    ]
    await double.until(lambda: all(each.acknowledged_at for each in opened))
    blocked.set()
    for each in opened:
        await finished(double, each)


async def test_no_question_and_no_person_is_logged(double, connect, service, caplog):
    """Whatever the level, neither what was asked nor who asked it stands in the log."""
    caplog.set_level("DEBUG")
    await connect()
    service.error = RuntimeError("disk gone")
    await ask(double, "Xylophone licensing?", who={"person": "987654321"})
    await write(double, f"{MENTION} Xylophone again?", mentions=(BOT,))
    await double.until(lambda: len(service.asked) == 2)
    ours = [record for record in caplog.records if record.name.startswith(("bot", "discord"))]
    assert ours
    assert not [record for record in ours if "Xylophone" in record.getMessage() or "987654321" in record.getMessage()]


async def test_a_verdict_that_could_not_be_kept_can_be_given_again(double, connect):
    """A full disk at the first press: the second one counts, and only the third was said already."""
    votes: list[tuple[str, str, Verdict]] = []
    faults = [StoreFull("There is no room left. Try again later.")]

    def vote(*given: Any) -> None:
        if faults:
            raise faults.pop()
        votes.append(given)

    await connect(vote=vote)
    shown = (await ask(double, "Who keeps the list?")).message
    failed, counted, again = [await press(double, shown, "Helpful") for _ in range(3)]
    assert failed.message["content"].startswith("There is no room left")
    assert counted.message["content"].startswith("Thank you")
    assert again.message["content"].startswith("You have already said")
    assert votes == [(quote(1).id, "guide", Verdict.HELPFUL)]


async def test_an_answer_that_could_not_be_shared_can_be_shared_again(double, connect, service):
    """Too many ask at the first press: the second one posts the answer, and only the third has come too late."""
    await connect()
    shown = (await ask(double, "Who keeps the list?", private=True)).message
    service.error = TooBusy("Too many questions are waiting.")
    assert "Too many questions" in (await press(double, shown, "Share here")).message["content"]
    service.error = None
    assert "Shared by <@501>" in shown_words(await press(double, shown, "Share here"))
    assert (await press(double, shown, "Share here")).message["content"] == "This answer has been shared already."

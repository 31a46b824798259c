"""The buttons of an answer, pressed in the double after the bot has forgotten everything about it."""

from dataclasses import replace

import pytest

from bot.answering.answers import Status
from bot.state.feedback import Verdict
from tests.bot.discord_bot.fakes import TEXT, citation, quote
from tests.discord_double.asks import ask, choose, fill_in, press, press_id, shown_words
from tests.discord_double.running import stop_bot
from tests.discord_double.shapes import ACTION_ROW, COMPONENTS_V2, EPHEMERAL, texts_of, walk


async def test_more_passages_are_shown_to_the_person_alone_without_those_already_seen(double, connect, service):
    """The question is read from the card; the next passages begin after the one that it shows."""
    await connect()
    shown = (await ask(double, "Who keeps *the* list?", source="guide")).message
    more = await choose(double, shown, "More passages")
    assert more.message["flags"] & EPHEMERAL
    assert service.asked[-1] == ("Who keeps *the* list?", 13, "guide", ())
    assert [number for number in range(1, 7) if f"{number}\\. **" in shown_words(more)] == []
    assert [number for number in range(1, 7) if f"> **{number}\\. " in shown_words(more)] == [2, 3, 4]


async def test_more_goes_on_until_there_are_no_more(double, connect, service):
    """Six passages: one on the card, three, two; with fewer passages than before, a sentence."""
    await connect()
    shown = (await ask(double, "Who keeps the list?")).message
    first = await choose(double, shown, "More passages")
    second = await press(double, first.message, "More passages")
    assert not [each for each in walk(second.message["components"]) if each.get("label") == "More passages"]
    service.quotes = service.quotes[:1]
    last = await choose(double, shown, "More passages")
    assert last.message["content"] == "There are no more passages that fit this question."


async def test_more_never_repeats_the_first_card_however_a_longer_list_is_ordered(double, connect, service):
    """The answer service may put another passage first when more are asked for."""
    await connect()
    shown = (await ask(double, "Who keeps the list?")).message
    service.quotes = [*service.quotes[1:], service.quotes[0]]
    first = await choose(double, shown, "More passages")
    second = await press(double, first.message, "More passages")
    assert [number for number in range(1, 7) if f"> **{number}\\. " in shown_words(first)] == [2, 3, 4]
    assert [number for number in range(1, 7) if f"> **{number}\\. " in shown_words(second)] == [5, 6]


async def test_context_shows_the_page_around_the_quote_and_turns_in_place(double, connect):
    """What stands before and after is there, the passage itself in bold; turning changes the same message."""
    await connect()
    shown = (await ask(double, "Who keeps the list?")).message
    context = await press(double, shown, "Context")
    assert "> Before. **1\\. The council" in shown_words(context)
    turned = await press(double, context.message, "Next passage")
    assert "> Before. **2\\. The council" in shown_words(turned)
    assert turned.kind == 6


async def test_buttons_work_after_a_restart(double, connect, service):
    """Another process, which has never seen the answer: everything it needs stands in the card."""
    task = await connect()
    shown = (await ask(double, "Who keeps the list?", source="guide")).message
    await stop_bot(task)
    double.gateway.connected.clear()
    await connect()
    assert "> **2\\. The council" in shown_words(await choose(double, shown, "More passages"))
    assert "> Before. **1\\. The council" in shown_words(await press(double, shown, "Context"))
    form = await choose(double, shown, "Ask further")
    await fill_in(double, form, shown, "And for how long?")
    assert service.asked[-1] == ("And for how long?", 3, "guide", ("Who keeps the list?",))


async def test_a_button_of_a_removed_passage_explains_itself(double, connect, service):
    """The passage is gone from the build: a sentence says so and what to do."""
    await connect()
    shown = (await ask(double, "Who keeps the list?")).message
    service.quotes = [quote(9)]
    gone = await press(double, shown, "Context")
    assert gone.message["content"].startswith("This passage is no longer in the sources")


async def test_a_vote_is_counted_once_for_each_person(double, connect):
    """The passage and its document are counted; a second press of the same person is not."""
    votes: list[tuple[str, str, Verdict]] = []
    await connect(vote=lambda *vote: votes.append(vote))
    shown = (await ask(double, "Who keeps the list?")).message
    await press(double, shown, "Helpful")
    again = await press(double, shown, "Helpful")
    await choose(double, shown, "Wrong page", person="777")
    assert votes == [(quote(1).id, "guide", Verdict.HELPFUL), (quote(1).id, "guide", Verdict.WRONG_PAGE)]
    assert again.message["content"].startswith("You have already said")


async def test_a_private_answer_is_shared_by_its_asker_only_and_once(double, connect):
    """Others cannot share it; the asker can, and the shared card says who did, without a ping."""
    await connect()
    shown = (await ask(double, "Who keeps the list?", private=True)).message
    refused = await press(double, shown, "Share here", person="777")
    assert refused.message["content"].startswith("This button is for the person who asked")
    shared = await press(double, shown, "Share here")
    assert not shared.message["flags"] & EPHEMERAL
    assert "Shared by <@501>" in shown_words(shared)
    assert TEXT[:20] in shown_words(shared)
    again = await press(double, shown, "Share here")
    assert again.message["content"] == "This answer has been shared already."


async def test_nothing_is_posted_for_a_person_who_may_not_write_there(double, connect):
    """Who cannot write in a channel cannot have the bot write for them."""
    await connect()
    shown = (await ask(double, "Who keeps the list?", private=True)).message
    refused = await press(double, shown, "Share here", permissions=0)
    assert refused.message["content"].startswith("You cannot write in this channel")


async def test_asking_further_opens_a_form_and_answers_with_the_questions_before(double, connect, service):
    """The form needs no memory: the earlier question comes from the card under which it was opened."""
    await connect()
    shown = (await ask(double, "Who keeps the list?", source="guide")).message
    form = await choose(double, shown, "Ask further")
    assert form.kind == 9
    further = await fill_in(double, form, shown, "And for how long?")
    assert service.asked[-1] == ("And for how long?", 3, "guide", ("Who keeps the list?",))
    assert shown_words(further).splitlines()[1:3] == ["-# ↳ Who keeps the list?", "**And for how long?**"]


async def test_a_button_of_an_earlier_version_explains_itself(double, connect):
    """Unknown custom ids get a short sentence instead of "interaction failed"."""
    await connect()
    shown = (await ask(double, "Who keeps the list?")).message
    old = await press_id(double, shown, "l0:anything")
    assert old.message["content"].startswith("This button belongs to an earlier version")


async def test_a_button_under_a_card_without_a_question_says_so(double, connect):
    """A card of a passage carries no question, so there is nothing to ask again."""
    await connect()
    shown = (await ask(double, "Who keeps the list?")).message | {"components": [], "flags": COMPONENTS_V2}
    shown["components"] = [
        {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 2, "label": "x", "custom_id": "l1:more:0:-:x"}]}
    ]
    odd = await press_id(double, shown, "l1:more:0:-:x")
    assert odd.message["content"].startswith("I can no longer read the question")


def rows_of(shown):
    """Return the rows under a message, as the labels of their buttons or of the lines of their menu."""
    rows = [each["components"] for each in walk(shown["components"]) if each["type"] == ACTION_ROW]
    return [[each.get("label") or [line["label"] for line in each["options"]] for each in row] for row in rows]


async def test_an_answer_has_two_rows_at_most(double, connect):
    """A row of buttons with the page to read, and a menu; the second link stands under the quote."""
    await connect(public_url="https://ask.example.org")
    shown = (await ask(double, "Who keeps the list?")).message
    menu = ["More passages", "Ask further", "Wrong page"]
    assert rows_of(shown) == [["Context", "Copy", "Helpful", "Not helpful", "Read the page"], [menu]]
    assert "-# [Original](<https://example.org/guide.pdf#page=14>)" in texts_of(shown["components"])
    private = (await ask(double, "Who keeps the list?", private=True)).message
    menu = ["More passages", "Ask further", "Copy", "Wrong page"]
    assert rows_of(private) == [["Context", "Share here", "Helpful", "Not helpful", "Read the page"], [menu]]


async def test_a_wrong_page_can_be_reported_only_where_there_are_pages(double, connect, service):
    """A text without pages has none that could be wrong."""
    service.quotes = [replace(each, citation=citation(page=None)) for each in service.quotes]
    await connect()
    assert "Wrong page" not in str(rows_of((await ask(double, "Who keeps the list?")).message))


async def test_plain_answers_have_links_and_feedback_too(double, connect, service):
    """The same rows under words; what is pressed there finds its question in the first line."""
    votes: list[tuple[str, str, Verdict]] = []
    await connect(vote=lambda *vote: votes.append(vote), public_url="https://ask.example.org")
    shown = (await ask(double, "Who keeps *the* list?", plain=True)).message
    assert not shown["flags"] & COMPONENTS_V2
    assert rows_of(shown)[0] == ["Context", "Copy", "Helpful", "Not helpful", "Read the page"]
    assert shown["content"].splitlines()[-1] == "[Original](<https://example.org/guide.pdf#page=14>)"
    await press(double, shown, "Helpful")
    await fill_in(double, await choose(double, shown, "Ask further"), shown, "And for how long?")
    assert votes == [(quote(1).id, "guide", Verdict.HELPFUL)]
    assert service.asked[-1] == ("And for how long?", 3, None, ("Who keeps *the* list?",))


async def test_a_quote_can_be_copied_with_its_citation(double, connect):
    """Every letter as it is, in a block, with the address; seen by the person alone."""
    await connect(public_url="https://ask.example.org")
    copied = await press(double, (await ask(double, "Who keeps the list?")).message, "Copy")
    assert copied.message["flags"] & EPHEMERAL
    assert copied.message["content"] == (
        f"To be copied, word for word:\n```\n“1. {TEXT}”\n— {citation().text}\nhttps://ask.example.org/p/{quote(1).id}\n```"
    )


@pytest.mark.parametrize("plain", [False, True])
async def test_a_refusal_leads_on(double, connect, service, plain):
    """The next question can be asked at once, and the addresses that the pointer names are buttons."""
    service.status = Status.NOT_FOUND
    service.signpost = "Debt is not held here. National Debtline: https://www.debt.example/help. Or <https://two.example>"
    await connect()
    shown = (await ask(double, "Who pays my debt?", plain=plain)).message
    assert rows_of(shown) == [["Ask further", "debt.example", "two.example"], [["Who mends [roads]?"]]]
    addresses = [each["url"] for each in walk(shown["components"]) if "url" in each]
    assert addresses == ["https://www.debt.example/help", "https://two.example"]
    await fill_in(double, await press(double, shown, "Ask further"), shown, "Who lists a pub?")
    assert service.asked[-1] == ("Who lists a pub?", 3, None, ("Who pays my debt?",))


async def test_a_section_named_in_a_refusal_can_be_read_where_one_is(double, connect, service):
    """Privately, with what stands around it; also after a restart, as it hangs on nothing but the message."""
    service.status = Status.NOT_FOUND
    await connect()
    refused = (await ask(double, "Who fixes potholes?")).message
    read = await choose(double, refused, "Who mends [roads]?")
    assert read.message["flags"] & EPHEMERAL
    assert "The council must keep a list" in shown_words(read)

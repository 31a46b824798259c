"""The double and the real answer service over a small build: a question in Discord, all the way to the page of a PDF and back."""

from dataclasses import replace

import pytest

from bot.answering.answer_service import AnswerService
from bot.discord_bot.options import BotOptions
from bot.pictures.page_pictures import PagePictures
from bot.state.databases.opening import open_store
from bot.state.feedback import FeedbackStore
from index.build.reader import open_live_build
from tests.discord_double.asks import ask, press, shown_words
from tests.discord_double.running import connect_bot, stop_bot


@pytest.fixture
async def connected(double, small_build, tmp_path):
    """The double with a bot that answers from the small real build, with pictures and votes."""
    build = open_live_build(small_build)
    service, pictures, votes = AnswerService(build), PagePictures(build), FeedbackStore(open_store(tmp_path))
    options = BotOptions(tmp_path, "https://ask.example.org", picture_within=30)
    options = replace(options, picture=lambda quote: pictures.of_passage(quote.id), vote=votes.add, person_per_minute=100)
    task = await connect_bot(double, service, options)
    yield double, votes
    await stop_bot(task)
    votes.close()
    build.close()


async def test_a_question_is_answered_with_the_page_of_the_pdf_and_its_picture(connected):
    """The sentence in bold, the page, the picture of the page; a vote on it is counted for its document."""
    double, votes = connected
    opened = await ask(double, "Who mends the swings in the park?")
    words = shown_words(opened)
    assert "**The swings in the park are mended by two volunteers every spring.**" in words
    assert "### The playground report, p. 2" in words
    assert opened.files["page.png"].startswith(b"\x89PNG")
    await press(double, opened.message, "Helpful")
    assert [(row.document, row.helpful) for row in votes.rows()] == [("playground-report", 1)]
    assert "Mill Lane" not in shown_words(await press(double, opened.message, "Context"))


async def test_a_note_without_pages_is_answered_without_a_picture(connected):
    """A briefing has sections, not pages."""
    double, _ = connected
    opened = await ask(double, "How long does the council have to decide on a nomination?")
    assert "within eight weeks" in shown_words(opened)
    assert opened.files == {}


async def test_what_is_not_there_is_refused(connected):
    """No quote, and what to try."""
    double, _ = connected
    assert "Nothing found" in shown_words(await ask(double, "Which mortgage has the lowest interest rate?"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (" \t ", "empty"),
        ("🎉🎉", "no words"),
        ("\u200b\u202e", "empty"),
        ("a" * 6000, "6,000 characters"),
        ("'; DROP TABLE passages; --", ""),
        ("<script>alert(1)</script>", ""),
        ("**who** _mends_ ||the|| `swings` @everyone https://x.org", ""),
    ],
)
async def test_odd_questions_get_one_clear_message(connected, question, said):
    """Empty, endless, SQL, HTML, Markdown: a sentence or an answer, and nothing that Discord would refuse or that would ping."""
    double, _ = connected
    opened = await ask(double, question)
    assert opened.writes == 1
    assert said in shown_words(opened)


async def test_an_unknown_source_is_said_with_those_that_there_are(connected):
    """The sentence of the answer service, with its Markdown escaped."""
    double, _ = connected
    opened = await ask(double, "Who mends the swings?", source="*nowhere*")
    assert "'\\*nowhere\\*'" in opened.message["content"]
    assert "playground\\-report" in opened.message["content"] or "playground-report" in opened.message["content"]

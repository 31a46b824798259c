"""The answer service on a small build: statuses, refusals, quotes, context."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answer_service import AnswerService, check_question
from bot.answering.answer_text import answer_json
from bot.answering.answers import Status
from bot.answering.wording import mended_told
from index.abstention.decision import Thresholds
from index.build.reader import open_live_build
from index.errors import QuestionError, UnknownDocument, UnknownPassage
from index.lexicon import Lexicon, Signpost

EVERYTHING = Thresholds(answered=0.0, uncertain=0.0)
NOTHING = Thresholds(answered=1.1, uncertain=1.1)


@pytest.fixture
def build(small_build):
    """The small build, opened."""
    opened = open_live_build(small_build)
    yield opened
    opened.close()


@pytest.fixture
def service(build):
    """A service that refuses nothing."""
    return AnswerService(build, EVERYTHING)


def test_a_quote_is_the_slice_of_its_page(service, build):
    """Byte for byte, with what stands around it."""
    for quote in service.answer("volunteers mend the swings", limit=5).quotes:
        passage = build.records.passage(quote.id)
        text = build.records.page(passage.document_id, passage.page_number).text
        assert quote.text == text[passage.start : passage.end]
        assert text[: passage.start].endswith(quote.prefix)
        assert text[passage.end :].startswith(quote.suffix)


def test_a_refusal_shows_no_passage_but_names_the_nearest_sections(build):
    """Honest and still of some help: where it is wrong, the right section is a press away."""
    answer = AnswerService(build, NOTHING).answer("volunteers mend the swings")
    assert answer.status is Status.NOT_FOUND
    assert answer.quotes == ()
    assert answer.nearest[0] == "The playground report"
    near = answer.sections[0]
    passage = build.records.passage(near.passage)
    assert (near.title, near.heading) == ("The playground report", passage.section[-1] if passage.section else "")
    assert len(set(answer.sections)) == len(answer.sections) <= 3
    assert AnswerService(build, NOTHING).answer("zebra zeppelin").sections == ()  # nothing came near


def test_a_signpost_to_who_may_be_in_danger_hides_what_was_found(build):
    """However well the words fit."""
    signposts = (Signpost("swings", "emergency", ("swings",), "Ring 999."),)
    service = AnswerService(replace(build, lexicon=Lexicon(signposts=signposts)), EVERYTHING)
    answer = service.answer("volunteers mend the swings")
    assert (answer.status, answer.quotes, answer.signpost) == (Status.NOT_FOUND, (), "Ring 999.")
    assert (answer.nearest, answer.sections) == ((), ())
    assert answer.confidence < Thresholds().uncertain


def test_a_signpost_stands_beside_an_answer_and_lowers_the_confidence(build):
    """What shares the words of another desk may still be held."""
    signposts = (Signpost("swings", "near miss", ("swings",), "Ask the park keeper."),)
    plain = AnswerService(build, EVERYTHING).answer("volunteers mend the swings")
    answer = AnswerService(replace(build, lexicon=Lexicon(signposts=signposts)), EVERYTHING).answer(
        "volunteers mend the swings"
    )
    assert (answer.status, answer.quotes) == (Status.ANSWERED, plain.quotes)
    assert answer.signpost == "Ask the park keeper."
    assert answer.confidence < plain.confidence


def test_another_language_is_answered_in_it(service):
    """With the word that the texts are in English."""
    answer = service.answer("Właściciel chce sprzedać nasz budynek, co możemy zrobić jako mieszkańcy?")
    assert answer.status is Status.NOT_FOUND
    assert "po angielsku" in answer.signpost
    assert "in English" in answer.signpost


def test_a_greeting_is_greeted(service):
    """And nothing is searched out of it, nor is anybody sent on."""
    answer = service.answer("hello")
    assert (answer.status, answer.quotes) == (Status.NOT_FOUND, ())
    assert answer.signpost.startswith("Hello")
    assert (answer.nearest, answer.sections) == ((), ())  # nothing was asked


def test_the_json_has_every_promised_key(service):
    """Others build on these names."""
    answer = answer_json(service.answer("volunteers mend the swings", limit=1))
    assert {"question", "status", "confidence", "passages", "build"} <= set(answer)
    passage = answer["passages"][0]
    assert {"id", "quote", "highlights", "score", "citation"} <= set(passage)
    wanted = {"document", "title", "publisher", "published", "kind", "section", "page", "url", "text"}
    assert wanted <= set(passage["citation"])


def test_the_limit_is_kept(service):
    """One means one."""
    assert len(service.answer("nomination of a pub", limit=1).quotes) == 1


def test_a_short_answer_is_the_beginning_of_a_longer_one(service):
    """Two passages asked for are the first two of three, of four, of twenty."""
    longest = [quote.id for quote in service.answer("nomination of a pub by the parish council", limit=20).quotes]
    for limit in range(1, 6):
        shorter = service.answer("nomination of a pub by the parish council", limit=limit)
        assert [quote.id for quote in shorter.quotes] == longest[:limit]


@pytest.mark.parametrize("limit", [0, -1, 21, 1000])
def test_a_limit_out_of_range_is_refused(service, limit):
    """The message says what is allowed."""
    with pytest.raises(QuestionError, match="1 to 20"):
        service.answer("pub", limit=limit)


def test_an_unknown_document_or_passage_is_refused(service):
    """By name."""
    with pytest.raises(UnknownDocument, match="nowhere"):
        service.answer("pub", document="nowhere")
    with pytest.raises(UnknownPassage, match="0123"):
        service.passage("0123")


def test_a_passage_knows_its_neighbours(service, build):
    """Forward and back lead to the same place."""
    first, second = list(build.records.all_passages())[:2]
    assert service.passage(first.id).before is None
    assert service.passage(first.id).after == second.id
    assert service.passage(second.id).before == first.id


@given(st.text(max_size=300))
def test_a_checked_question_is_clean_or_refused(text):
    """No control character, no surplus space, at least one letter or digit."""
    try:
        asked = check_question(text)
    except QuestionError:
        return
    assert asked == " ".join(asked.split())
    assert any(map(str.isalnum, asked))
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in asked)


def test_an_uncertain_answer_names_sections_beside_those_it_shows(build):
    """A question back: what may be meant instead, as it came nearly as near."""
    unsure = AnswerService(build, Thresholds(answered=1.1, uncertain=0.0)).answer("nominate", limit=1)
    assert unsure.status is Status.UNCERTAIN
    assert unsure.sections
    assert not {section.passage for section in unsure.sections} & {quote.id for quote in unsure.quotes}
    assert AnswerService(build, EVERYTHING).answer("nominate", limit=1).sections == ()


def test_what_was_read_otherwise_than_it_was_typed_is_told(service):
    """On every surface in the same words."""
    answer = service.answer("volunteers mend the swigns")
    assert answer.mended == (("swigns", "swings"),)
    assert mended_told(answer) == "Understood “swigns” as “swings”."
    assert service.answer("volunteers mend the swings").mended == ()

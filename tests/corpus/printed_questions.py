"""Everything that the product prints or suggests, asked of the live build of the shipped corpus. Run by ``make printed-test``.

The name does not begin with "test": to build the whole corpus takes minutes of a processor, and ``make printed-test`` has done it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering.answer_service import AnswerService
from bot.answering.answers import Answer, Status
from bot.answering.guidance import Origin, Suggester, Suggestion, all_of, examples_of
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build
from tests.corpus.printed import ANSWERED_BY, ASKED_WITH

# The light reader takes a neighbour for some headings, of another text on the same matter; the thorough one takes none.
MOST_MISTAKEN = 0.005


@pytest.fixture(scope="module")
def service() -> Iterator[AnswerService]:
    """The answer service on the live build."""
    build = open_live_build(Path(os.environ.get("LOCALISM_INDEX", DEFAULT_BUILDS)))
    yield AnswerService(build)
    build.close()


def _is_answered_by(answer: Answer, section: str) -> bool:
    return answer.status is Status.ANSWERED and answer.quotes[0].citation.section.split(" > ")[-1] == section


@pytest.mark.parametrize("question", ANSWERED_BY)
def test_what_is_printed_is_answered_by_its_section(service: AnswerService, question: str):
    """First, and as an answer."""
    answer = service.answer(question)
    assert _is_answered_by(answer, ANSWERED_BY[question]), (answer.status, [quote.citation.section for quote in answer.quotes])


@pytest.mark.parametrize("asked", ASKED_WITH)
def test_what_is_printed_with_more_is_answered_by_its_section(service: AnswerService, asked: tuple[str, str, str]):
    """After the question that it follows, or in the one document."""
    question, earlier, document = asked
    answer = service.answer(question, document=document or None, context=[earlier] if earlier else [])
    assert _is_answered_by(answer, ASKED_WITH[asked]), (answer.status, [quote.citation.section for quote in answer.quotes])


def test_the_build_offers_what_the_corpus_offers(service: AnswerService):
    """Page, API page and Discord take their examples from there."""
    assert set(examples_of(service.build.lexicon, 20)) <= set(ANSWERED_BY)


def test_every_suggestion_is_answered_by_the_section_that_it_names(service: AnswerService):
    """All headings, each asked as it stands."""
    headings = [suggestion.text for suggestion in all_of(service.build) if suggestion.origin is Origin.HEADING]
    mistaken = [heading for heading in headings if not _is_answered_by(service.answer(heading), heading)]
    assert len(headings) > 500
    assert len(mistaken) <= MOST_MISTAKEN * len(headings), mistaken


def test_nothing_else_is_suggested(service: AnswerService):
    """What a person gets who begins to type is a heading or an example."""
    known = set(all_of(service.build))
    found: list[Suggestion] = [
        one for word in ("who", "how", "can", "pub", "acv") for one in Suggester(service.build).suggest(word)
    ]
    assert set(found) <= known
    assert {one.text for one in known if one.origin is Origin.QUESTION} <= set(ANSWERED_BY)

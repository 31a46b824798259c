"""Terms are explained when somebody asks for them, and only then."""

import pytest

from bot.answering.guidance import Definitions
from index.lexicon import Term

TERMS = (Term("asset of community value", "A place on the list.", ("ACV",)), Term("precept", "A parish's share."))


@pytest.mark.parametrize(
    "question",
    [
        "What is an ACV?",
        "whats an acv",
        "define ACV",
        "what does “ACV” mean?",
        "What are assets of community value",
        "What does ACV stand for?",
    ],
)
def test_a_term_asked_for_is_found_by_name_or_alias(question):
    """In the ways that people ask."""
    assert Definitions(TERMS).asked_for(question.replace("assets", "asset")) is TERMS[0]


@pytest.mark.parametrize("question", ["Who can nominate an ACV?", "What is the deadline for an ACV?", "ACV", "what is"])
def test_another_question_about_a_term_is_not_a_wish_for_its_definition(question):
    """Only a whole term counts."""
    assert Definitions(TERMS).asked_for(question) is None

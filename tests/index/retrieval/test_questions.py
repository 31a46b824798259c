"""How a question is read before anything is searched."""

import pytest

from index.retrieval.questions import Synonyms, follows, mended, read_question

MEANT = {"nominasion": "nomination", "leeses": "leases"}


def mend(word):
    """Know two typing errors."""
    return MEANT.get(word, word)


def test_typing_errors_are_mended_and_all_else_stands():
    """Only the wrong word changes; case, marks and numbers stay."""
    assert mended("Is our Nominasion (s. 95) OK?", mend) == "Is our nomination (s. 95) OK?"


def test_an_acronym_is_no_slip_unless_all_is_shouted():
    """And what was read otherwise than it was typed is told, each word once."""
    slip = {"lgps": "leps", "comitee": "committee"}
    read = read_question("LGPS and the Comitee, comitee", lambda word: slip.get(word, word))
    assert read.text == "LGPS and the committee, committee"
    assert read.mended == (("Comitee", "committee"), ("comitee", "committee"))
    assert read_question("THE COMITEE", lambda word: slip.get(word, word)).text == "THE committee"


def test_terms_and_pairs_are_distinct():
    """A word said six times counts once: BM25 must not be bought by repetition."""
    asked = read_question("tax tax tax council tax", mend)
    assert asked.terms == ("tax", "council")
    assert asked.pairs == ("tax tax", "tax council", "council tax")


def test_phrases_in_quotation_marks_are_kept_as_terms():
    """Straight and curly marks both make a phrase."""
    assert read_question('what is a "closed space" and an “invited space”?', mend).phrases == (
        ("close", "space"),
        ("invit", "space"),
    )


@pytest.mark.parametrize(
    "question",
    ["and in Wales?", "what if nobody asks in time?", "so what can they do?", "how long?", "does it have to be a charity"],
)
def test_a_question_that_leans_on_another_is_told(question):
    """It goes on, points back, or has nothing of its own."""
    assert follows(question)


@pytest.mark.parametrize(
    "question", ["How long does the council have to decide on a nomination?", "Who can nominate a pub in England?"]
)
def test_a_question_that_stands_alone_is_told(question):
    """It names what it asks about."""
    assert not follows(question)


def test_other_names_of_what_is_asked_bring_their_terms():
    """A "boozer" brings "pub"; what already stands in the question is not repeated."""
    synonyms = Synonyms([["boozer", "pub", "public house"], ["library", "book place"]])
    assert read_question("save our boozer", mend, synonyms).meant == ("pub", "public", "hous")
    assert read_question("save our school", mend, synonyms).meant == ()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("is an ACV the same as s. 95?", ("§95", "acv")),
        ("TUPE and NDPs for the S&P", ("tupe", "ndp", "s&p")),
        ("Who May Bid in England", ()),
        ("WHAT IS AN ACV", ()),
        ("the ACV is for sale, WHERE DO I START", ("acv",)),
        ("covid-19 rules in A1 shops", ()),
    ],
)
def test_sections_and_acronyms_are_exact_names(question, names):
    """A question in capitals tells nothing about which of its words are acronyms."""
    assert read_question(question, mend).names == names

"""One decision for every surface: what is shown, how sure, and where else to go."""

from dataclasses import replace

import faiss
import numpy as np
import pytest

from index.abstention.confidence import PLAIN, PRESENCE_LIGHT, PRESENCE_THOROUGH, THOROUGH, Signals, presence_of
from index.abstention.decision import SURE, Abstention, Decision, Evidence, Status, Thresholds
from index.abstention.scope import Kind, OutOfScope, Signposts
from index.dense.faiss_reader import Vectors
from index.lexicon import Signpost

DANGER = Signpost("danger", "emergency", ("gas leak",), "Ring 999.")
CLOSE = Signpost("parking", "near miss", ("parking ticket",), "Ask the tribunal.")
FAR = Signpost("abroad", "other jurisdiction", ("in Kenya",), "Ask there.")
GOOD = Signals(key=0.8, covered=0.9, margin_to_second=0.5, margin_to_tenth=1.0, rarest=0.8, scope_margin=0.08)
FAIR = Signals(key=0.6, covered=0.7, margin_to_second=0.2, margin_to_tenth=0.8, rarest=0.6, scope_margin=0.0)
NEAR = OutOfScope(CLOSE, cosine=0.7, around=0.6, agreed=True)
DISTANT = OutOfScope(CLOSE, cosine=0.45, around=0.4, agreed=True)


def decided(question, signals=GOOD, near=None, thresholds=None):
    """Return what is decided about ``question``."""
    posts = Signposts((DANGER, CLOSE, FAR), Vectors(faiss.IndexFlatIP(3)))
    return Abstention(posts, THOROUGH, thresholds).decide(question, Evidence(signals, near))


def test_a_good_search_is_an_answer_and_wants_no_pointer():
    """A second desk would only distract."""
    decision = decided("who can nominate a pub")
    assert decision.status is Status.ANSWERED
    assert decision.confidence >= SURE
    assert decision.signpost is None


def test_words_of_a_signpost_that_the_passage_holds_too_speak_half_as_loud():
    """The pointer is told all the same, and words of another country count as before."""
    posts = Signposts((DANGER, CLOSE, FAR), Vectors(faiss.IndexFlatIP(3)))
    abstention = Abstention(posts, THOROUGH)

    def confidence(question, first=""):
        return abstention.decide(question, Evidence(FAIR, None, first)).confidence

    worded = "who pays the parking ticket"
    assert confidence(worded, "Where cars stand") == confidence(worded)
    assert confidence(worded) < confidence(worded, "A Parking  Ticket at the hall") < confidence("who pays for parking")
    assert confidence("who pays in Kenya", "The law in Kenya") == confidence("who pays in Kenya")
    assert abstention.decide(worded, Evidence(FAIR, None, "a parking ticket")).signpost is CLOSE


def test_who_may_be_in_danger_is_sent_on_whatever_was_found():
    """The only words that overrule."""
    decision = decided("there is a gas leak in the hall")
    assert decision.status is Status.NOT_FOUND
    assert decision.signpost is DANGER


def test_words_of_a_signpost_weigh_and_do_not_overrule():
    """A good search stays shown, less sure and with the pointer beside it; a poor one is refused."""
    plain, worded = decided("fine in the hall car park"), decided("parking ticket in the hall car park")
    assert worded.confidence < plain.confidence
    assert worded.status is not Status.NOT_FOUND
    assert worded.signpost is CLOSE
    assert decided("parking ticket", FAIR).status is Status.NOT_FOUND


def test_another_country_is_refused_even_where_its_words_are_covered():
    """English law is no help there."""
    decision = decided("who can nominate a pub in Kenya")
    assert decision.status is Status.NOT_FOUND
    assert decision.signpost is FAR


@pytest.mark.parametrize(("near", "pointer"), [(NEAR, CLOSE), (DISTANT, None), (None, None)])
def test_beside_what_is_shown_only_a_nearer_desk_is_named(near, pointer):
    """A farther one would lead astray."""
    decision = decided("may we use the field", FAIR, near, Thresholds(answered=0.99, uncertain=0.0))
    assert decision.status is Status.UNCERTAIN
    assert decision.signpost is pointer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hello", Kind.GREETING),
        ("Thanks a lot!", Kind.GREETING),
        ("please help", Kind.GREETING),
        ("write the expression of interest for me", Kind.REQUEST),
        ("Can you draft a letter to our MP", Kind.REQUEST),
        ("phone the monitoring officer for me", Kind.REQUEST),
        ("phone numbers for councillors", Kind.QUESTION),
        ("call in of a decision: what is it for", Kind.QUESTION),
        ("has application 24/01873/FUL been approved", Kind.LIVE_FACT),
        ("when is the next meeting of the parish council", Kind.LIVE_FACT),
        ("can someone help me word an objection", Kind.QUESTION),
        ("help us save the library", Kind.QUESTION),
        ("what do we write in an expression of interest", Kind.QUESTION),
        ("can you object to a planning application by email", Kind.QUESTION),
        ("when is a by-election held", Kind.QUESTION),
        ("does s. 95/2 apply", Kind.QUESTION),
    ],
)
def test_what_no_passage_can_give_is_told_from_questions(question, kind):
    """However well a passage shares its words."""
    decision = decided(question)
    assert decision.kind is kind
    assert (decision.status is Status.NOT_FOUND) == (kind is not Kind.QUESTION)


def test_a_request_is_not_sent_to_a_desk_for_what_the_paper_is_about():
    """Unless the question names that desk itself, or what lies near is what is not done here."""
    instruction = Signpost("write", "instruction", (), "Nothing is written here.")
    assert decided("draft a letter about the car park for me", GOOD, NEAR).signpost is None
    assert decided("draft a letter about my parking ticket", GOOD, NEAR).signpost is CLOSE
    assert decided("draft a letter for me", GOOD, replace(NEAR, signpost=instruction)).signpost is instruction


def test_another_language_is_named():
    """English, and a few odd words, are not."""
    assert decided("Jak możemy uratować nasz pub przed sprzedażą?").language == "pl"
    for english in (
        "how do we save our pub from being sold",
        "gpoc cilca",
        "neighbourhood plan expiry date",
        "xzqv wrtk plmb",
    ):
        assert decided(english).language == ""


def test_nothing_found_is_not_found():
    """Without passages there is nothing to show."""
    assert decided("anything", None).status is Status.NOT_FOUND


def test_the_thresholds_given_are_the_ones_used():
    """One who wants more care gets it everywhere."""
    assert decided("who can nominate a pub", thresholds=Thresholds(answered=1.1, uncertain=1.1)).status is Status.NOT_FOUND
    assert np.isclose(decided("x").confidence, THOROUGH.probability(GOOD))


def presence(document: float, sentence: float, thresholds: Thresholds | None = None, **signals: float) -> Decision:
    """Return what is decided about somebody's own documents, whose first passage comes that near."""
    posts = Signposts((), Vectors(faiss.IndexFlatIP(3)))
    known = Signals(
        **(dict.fromkeys(("key", "covered", "margin_to_second", "margin_to_tenth", "rarest"), 0.3) | signals), scope_margin=0.0
    )
    abstention = Abstention(posts, PLAIN, thresholds, PRESENCE_THOROUGH)
    return abstention.decide("who mends the swings", Evidence(replace(known, document=document, sentence=sentence)))


def test_own_documents_that_hold_an_answer_show_it_though_the_first_passage_is_unlikely():
    """The right one may stand in three."""
    assert presence(0.5, 0.5).status is Status.UNCERTAIN
    assert presence(0.5, 0.5).confidence == Thresholds().uncertain


def test_own_documents_about_something_else_are_silent_however_well_words_fit():
    """A rare word alone brings nothing."""
    assert presence(0.1, 0.2, covered=1.0, rarest=1.0, margin_to_second=2.0).status is Status.NOT_FOUND


def test_presence_lifts_no_confidence_above_what_an_operator_wants():
    """Who sets a stricter threshold gets it."""
    strict = presence(0.5, 0.5, Thresholds(0.9, 0.6))
    assert strict.status is Status.NOT_FOUND
    assert strict.confidence == presence(0.5, 0.5).confidence


def test_presence_is_asked_of_builds_that_know_nothing_of_their_askers():
    """Each reader has its own."""
    assert presence_of(768, adapted=True) is None
    assert presence_of(768, adapted=False) is PRESENCE_THOROUGH
    assert presence_of(384, adapted=False) is PRESENCE_LIGHT

"""What is said is said of what there is."""

from bot.answering.wording import EXPLANATIONS, HEADLINES, REASONS
from index.abstention.decision import Status
from index.retrieval.rerank import PLAIN_WEIGHTS


def test_every_feature_of_the_ranking_has_a_reason_in_plain_words():
    """The page says why a passage was found: a feature that comes or goes must be worded or unworded here."""
    assert set(REASONS) == set(PLAIN_WEIGHTS)
    assert len(set(REASONS.values())) == len(REASONS)
    assert not [reason for reason in REASONS.values() if "_" in reason or not reason[0].isupper()]


def test_every_status_has_its_headline_and_explanation():
    """No answer is left without a word."""
    assert set(HEADLINES) == set(EXPLANATIONS) == set(Status)

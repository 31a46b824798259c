"""Searching a small build."""

from dataclasses import replace
from itertools import pairwise

import pytest

from index.abstention.decision import Status
from index.build.reader import open_live_build
from index.errors import UnknownDocument
from index.retrieval.searcher import Searcher


@pytest.fixture
def build(small_build):
    """The small build, opened."""
    opened = open_live_build(small_build)
    yield opened
    opened.close()


@pytest.fixture
def searcher(build):
    """Search the small build."""
    return Searcher(build)


def test_the_passage_with_the_question_words_comes_first(searcher):
    """Words in common are enough here; the fake model knows no meaning."""
    hits = searcher.search("swings mended by volunteers").hits
    assert "swings" in hits[0].passage.text
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(before.score >= after.score for before, after in pairwise(hits))


def test_a_score_is_the_sum_of_what_the_views_gave(searcher):
    """So that each passage can say why it matched."""
    for hit in searcher.search("who can nominate a pub").hits:
        assert hit.score == pytest.approx(sum(hit.contributions.values()), abs=1e-5)


def test_highlights_are_ranges_of_the_passage(searcher):
    """Half-open, inside the text, in reading order."""
    hits = searcher.search("eight weeks").hits
    for hit in hits:
        assert hit.highlights
        assert set(hit.highlights) <= set(hit.passage.sentences)
        assert list(hit.highlights) == sorted(hit.highlights)
    marked = [hits[0].passage.text[start:end] for start, end in hits[0].highlights]
    assert "The council must decide on a nomination within eight weeks of receiving it." in marked


def test_a_filter_keeps_to_its_documents(searcher, build):
    """And finds what is there, however badly it fits."""
    for document in build.records.documents:
        hits = searcher.search("nomination", document_ids=[document.id]).hits
        assert hits
        assert {hit.passage.document_id for hit in hits} == {document.id}


def test_an_unknown_document_is_refused_by_name(searcher):
    """With the ids that there are."""
    with pytest.raises(UnknownDocument, match="listing-places"):
        searcher.search("pub", document_ids=["nowhere"])


def test_the_same_question_gives_the_same_findings(searcher):
    """Nothing is drawn by lot."""
    assert searcher.search("slide closed") == searcher.search("slide closed")


def test_repeating_a_word_changes_nothing_in_the_words(searcher):
    """A word said often is not a word said better."""
    once, often = (searcher.search(question).hits[0].contributions["words"] for question in ("rust", "rust rust rust rust"))
    assert once == pytest.approx(often)


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("x", Status.NOT_FOUND),
        ("the of and", Status.NOT_FOUND),
        ("日本語の質問", Status.NOT_FOUND),
        ("HTTPS://EXAMPLE.ORG/?Q=1", Status.NOT_FOUND),
        ("pub " * 300, Status.ANSWERED),
    ],
    ids=["a letter", "stop words", "another script", "an address", "300 words"],
)
def test_odd_questions_are_searched_for_without_error(searcher, question, status):
    """Nothing is found for what asks for nothing, and a word is found however often it is said."""
    assert searcher.abstention().decide(question, searcher.search(question).evidence).status is status


def test_a_phrase_in_quotation_marks_is_preferred_and_hides_nothing(searcher):
    """What holds it word after word comes first; the rest stands behind it. A phrase that stands nowhere is ignored."""
    hits = searcher.search('what about the "closed in 2019" thing, nomination of a pub').hits
    assert "closed in 2019" in hits[0].passage.text
    assert any("closed in 2019" not in hit.passage.text for hit in hits)
    assert searcher.search('nomination "purple elephants dancing"').hits


def test_an_exact_name_is_never_below_a_passage_without_it(searcher, monkeypatch):
    """However much better the rest of the question fits another passage; a name that is everywhere changes nothing."""
    asked = searcher.read("swings mended by volunteers")
    assert "swings" in searcher.search(asked.text).hits[0].passage.text
    monkeypatch.setattr(searcher, "read", lambda _: replace(asked, names=("nomin",)))
    monkeypatch.setattr("index.engines.embedded.COMMON", 0.7)  # of three passages one is a large share
    assert "nomination" in searcher.search(asked.text).hits[0].passage.text
    monkeypatch.setattr("index.engines.embedded.COMMON", 0.1)
    assert "swings" in searcher.search(asked.text).hits[0].passage.text

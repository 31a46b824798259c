"""The order in which passages are shown."""

from bot.answering.diversification import Diversification
from index.records import Passage
from index.retrieval.searcher import Hit


def hit(document, text, score):
    """A hit that matters only by its document, text and score."""
    passage = Passage(f"{document}{score}", document, 1, 0, len(text), text)
    return Hit(passage, 1, score, {}, ())


def shown(hits, limit, notes=()):
    """Documents in the order shown; ``notes`` leads notes to their guides."""
    perspectives = Diversification(lambda document: dict(notes).get(document, ""))
    return [told.hit.passage.document_id for told in perspectives.arranged(hits, limit)]


LONG = "The council must decide on the nomination within eight weeks of receiving it from the group."


def test_nearly_the_same_text_is_shown_once_with_where_else_it_stands():
    """The better one is shown."""
    hits = [hit("a", LONG, 0.9), hit("b", LONG + " Always.", 0.8), hit("c", "Other words entirely here.", 0.5)]
    told = Diversification(lambda _: "").arranged(hits, 3)
    assert [(one.hit.passage.document_id, [again.passage.document_id for again in one.again]) for one in told] == [
        ("a", ["b"]),
        ("c", []),
    ]


def test_another_document_that_answers_as_well_gets_the_last_place():
    """First results do not all come from one voice."""
    hits = [
        hit("a", "one two three", 0.9),
        hit("a", "four five six", 0.8),
        hit("a", "seven eight", 0.7),
        hit("b", "nine ten", 0.69),
    ]
    assert shown(hits, 3) == ["a", "a", "b"]


def test_another_document_that_answers_worse_does_not():
    """Variety is no reason to show what does not answer."""
    hits = [hit("a", "one two three", 0.9), hit("a", "four five six", 0.8), hit("a", "seven", 0.7), hit("b", "nine ten", 0.3)]
    assert shown(hits, 3) == ["a", "a", "a"]


def test_a_guide_goes_before_the_note_on_it_where_it_answers_as_well():
    """The original is cited before our summary."""
    hits = [hit("notes-x", "our words on it", 0.9), hit("y", "another thing", 0.88), hit("x", "their own words", 0.85)]
    assert shown(hits, 3, {"notes-x": "x"}) == ["x", "notes-x", "y"]
    assert shown([*hits[:2], hit("x", "their own words", 0.5)], 3, {"notes-x": "x"}) == ["notes-x", "y", "x"]


def test_fewer_are_the_beginning_of_more():
    """Whoever asks for two sees the first two of three, and of twenty: the order does not hang on the limit."""
    hits = [hit("notes-x", f"words number {number} of ours", 0.9 - number / 100) for number in range(12)]
    hits[4:4] = [hit("b", "another voice", 0.855), hit("x", "the original itself", 0.85)]
    longest = shown(hits, 20, {"notes-x": "x"})
    assert longest[:3] == ["notes-x", "notes-x", "b"]
    for limit in range(1, 20):
        assert shown(hits, limit, {"notes-x": "x"}) == longest[:limit]

"""Each of several questions gets its place, and one that nothing answers is said to have none."""

from bot.answering.answers import AnsweredPart, Status
from bot.answering.diversification import FoundPart, ResultGroup, answered, with_parts
from index.abstention.decision import Decision
from index.records import Passage
from index.retrieval.searcher import Hit

YES, NO = Decision(Status.ANSWERED, 0.9), Decision(Status.NOT_FOUND, 0.1)


def hit(name: str) -> Hit:
    """Return a hit of one passage."""
    return Hit(Passage(name, "swings", 1, 0, 5, "Swing", ("Swings",), ((0, 5),)), 1, 0.5, {}, ())


def part(question: str, *names: str, decision: Decision = YES) -> FoundPart:
    """Return a part that found passages, best first."""
    return FoundPart(question, decision, tuple(map(hit, names)))


def names(groups: list[ResultGroup]) -> list[str]:
    """Return the passages of ``groups``."""
    return [one.hit.passage.id for one in groups]


WHOLE = [ResultGroup(hit(name)) for name in "abcd"]


def test_what_answers_the_whole_stays_first_and_each_part_gets_what_it_lacks():
    """The rest of the whole comes after them."""
    parts = [part("who mends it", "a", "x"), part("who pays", "y", "b"), part("when", "c")]
    shown = with_parts(WHOLE, parts)
    assert names(shown) == ["a", "y", "c", "b", "d"]
    assert answered(parts, shown) == (
        AnsweredPart("who mends it", Status.ANSWERED, "a"),
        AnsweredPart("who pays", Status.ANSWERED, "y"),
        AnsweredPart("when", Status.ANSWERED, "c"),
    )


def test_a_part_that_is_answered_already_takes_no_place():
    """The second passage that it finds answers it as well."""
    assert names(with_parts(WHOLE, [part("who mends it", "z", "a")])) == ["a", "b", "c", "d"]


def test_a_part_that_nothing_answers_is_said_to_have_nothing():
    """Whatever came nearest to it."""
    parts = [part("who mends it", "a"), part("who is king", "q", decision=NO)]
    shown = with_parts(WHOLE, parts)
    assert "q" not in names(shown)
    assert answered(parts, shown)[1] == AnsweredPart("who is king", Status.NOT_FOUND, "")


def test_a_part_whose_passage_is_not_shown_has_none():
    """Fewer places than parts."""
    parts = [part("one", "a"), part("two", "x"), part("three", "y")]
    assert [one.passage for one in answered(parts, with_parts(WHOLE, parts)[:2])] == ["a", "x", ""]

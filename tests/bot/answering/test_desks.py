"""Beside what is not sure stands who handles the matter, in the words of the document that was found."""

from collections.abc import Sequence
from typing import cast

import pytest

from bot.answering.guidance import Pointers
from index.abstention.decision import Decision, Status
from index.documents.store import Records
from index.records import Passage
from index.retrieval.searcher import Hit

CLAIM = Passage("1", "swings", 1, 0, 5, "Swings are mended in May.", ("Swings", "When are swings mended?"), ((0, 25),))
UNSURE = Decision(Status.UNCERTAIN, 0.5)


class OneDocument:
    """Stands for records of one document, with what is asked of them."""

    def __init__(self, *headings: str) -> None:
        """Hold one passage under each of ``headings``."""
        text = "Ask the park keeper."
        self.all = [Passage(str(n), "swings", n, 0, 20, text, ("Swings", one), ((0, 20),)) for n, one in enumerate(headings)]

    def rows_of(self, document_id: str) -> range:
        """Return the rows of all passages."""
        return range(len(self.all))

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of ``rows``."""
        return [self.all[row] for row in rows]


def told(*headings: str) -> str:
    """What is said beside an unsure answer from a document with these headings."""
    return Pointers(cast(Records, OneDocument(*headings))).told(UNSURE, [Hit(CLAIM, 1, 0.5, {}, ())])


@pytest.mark.parametrize(
    "heading",
    [
        "Who handles swings, and where do we go?",
        "Who deals with swings?",
        "Where can parents get help, and who handles swings?",
        "Which way should we complain, and where do we go?",
        "Who can help us mend a swing?",
    ],
)
def test_a_heading_that_names_a_desk_is_pointed_to(heading):
    """Wherever in the heading that stands."""
    assert told("When are swings mended?", heading) == f"{heading} Ask the park keeper."


def test_the_last_desk_of_a_document_is_taken():
    """It closes the text; one before it is about a part."""
    assert told("Who handles a broken chain?", "Who handles swings?").startswith("Who handles swings?")


def test_a_document_without_a_desk_points_nowhere():
    """Nothing is made up."""
    assert told("When are swings mended?", "Who pays for swings?") == ""

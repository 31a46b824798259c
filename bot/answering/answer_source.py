"""What every surface takes: something that answers questions.

Comes in: nothing. Goes out: a protocol. Refuses to know how answers are found. ``AnswerService`` answers from one build,
``LiveAnswers`` from whatever build is live; page, API and Discord cannot tell which of them they have.
"""

from collections.abc import Sequence
from typing import Protocol

from bot.answering.answers import Answer, PassageInContext
from bot.answering.limits import DEFAULT_PASSAGES
from index.build.reader import Build
from index.records import Document
from index.remembered import Remembered


class AnswerSource(Protocol):
    """Answers questions. Blocking: asynchronous surfaces call it on another thread."""

    @property
    def build(self) -> Build:
        """The build that is answered from at this moment; two reads may give two builds."""

    @property
    def documents(self) -> list[Document]:
        """All documents of that build, in the order of the catalogue."""

    @property
    def remembered(self) -> Remembered[Answer]:
        """What was answered lately from it."""

    def answer(
        self,
        question: str,
        limit: int = DEFAULT_PASSAGES,
        document: str | None = None,
        context: Sequence[str] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Return the answer to ``question``, all of it from the build that it names.

        Args:
            question: as a person typed it.
            limit: how many quotes at most, 1 to 20.
            document: look in the document of this id only.
            context: the earlier questions of the conversation, oldest first.
            documents: look in these documents only; with ``document``, in that one only.

        Raises:
            QuestionError: the question is empty or too long, or the limit is out of range.
            UnknownDocument: the build holds no document of that id.
        """

    def passage(self, passage_id: str) -> PassageInContext:
        """Return a passage with its page.

        Raises:
            UnknownPassage: the build holds none of that id.
        """

    def probe(self, question: str) -> None:
        """Search for ``question`` past everything that is remembered, to see whether the build can still be used.

        Raises:
            BuildError: it cannot.
        """

"""What every surface takes: something that answers questions; and the one that answers from whatever build is live at the moment.

Comes in: the folder of the builds. Goes out: a protocol, and answers, each from one build only, which it names. Refuses to answer
by itself and to know how answers are found. ``AnswerService`` answers from one build, ``LiveAnswers`` from the live one; page, API
and Discord cannot tell which of them they have.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from bot.answering.answer_service import AnswerService
from bot.answering.answers import Answer, PassageInContext
from bot.answering.limits import DEFAULT_PASSAGES
from index.build.build_watcher import BuildWatcher
from index.build.reader import Build
from index.engines.engine import Engine
from index.records import Document
from index.remembered import Remembered
from index.text.language import WARMING_QUESTION


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


class LiveAnswers:
    """Answers from the live build and notices when another one becomes live."""

    def __init__(self, builds: Path, every_seconds: float = 1.0, engine: Engine | None = None) -> None:
        """Open the live build of ``builds``, or of ``engine``; ``start`` begins to watch for the next.

        Raises:
            BuildError: there is no build that can be used.
        """
        self._live = BuildWatcher(
            builds, AnswerService, lambda service: service.answer(WARMING_QUESTION, 1), every_seconds, engine=engine
        )

    @property
    def build(self) -> Build:
        """The build that is served at this moment; two reads may give two builds."""
        return self._live.current.build

    @property
    def documents(self) -> list[Document]:
        """All documents of that build, in the order of the catalogue."""
        return self._live.current.documents

    @property
    def remembered(self) -> Remembered[Answer]:
        """What was answered lately from the build that is served."""
        return self._live.current.remembered

    def answer(
        self,
        question: str,
        limit: int = DEFAULT_PASSAGES,
        document: str | None = None,
        context: Sequence[str] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Return the answer to ``question``, all of it from the build that it names; see AnswerSource."""
        return self._live.current.answer(question, limit, document, context, documents)

    def passage(self, passage_id: str) -> PassageInContext:
        """Return a passage with its page; see AnswerSource."""
        return self._live.current.passage(passage_id)

    def probe(self, question: str) -> None:
        """Search for ``question`` past everything that is remembered; see AnswerSource."""
        self._live.current.probe(question)

    def start(self) -> None:
        """Begin to watch for another live build."""
        self._live.start()

    def look(self) -> bool:
        """Look at once whether another build is live; tells whether it is."""
        return self._live.look()

    def stop(self) -> None:
        """Stop watching and close what is open."""
        self._live.stop()

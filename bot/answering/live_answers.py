"""The answer service over whatever build is live at the moment: an AnswerSource, as AnswerService is.

Comes in: the folder of the builds. Goes out: answers, each from one build only, which it names. Refuses to answer by itself.
"""

from collections.abc import Sequence
from pathlib import Path

from bot.answering.answer_service import AnswerService
from bot.answering.answers import Answer, PassageInContext
from bot.answering.limits import DEFAULT_PASSAGES
from index.build.build_watcher import BuildWatcher
from index.build.reader import Build
from index.records import Document
from index.remembered import Remembered
from index.text.language import WARMING_QUESTION


class LiveAnswers:
    """Answers from the live build and notices when another one becomes live."""

    def __init__(self, builds: Path, every_seconds: float = 1.0) -> None:
        """Open the live build of ``builds``; ``start`` begins to watch for the next.

        Raises:
            BuildError: there is no build that can be used.
        """
        self._live = BuildWatcher(builds, AnswerService, lambda service: service.answer(WARMING_QUESTION, 1), every_seconds)

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

"""All that the operator keeps, opened: what people said of passages, and the questions where they are wanted.

Comes in: the place, and for how many days questions are kept. Goes out: both, each None where it is not kept. Refuses to know who
reads and who adds.
"""

from dataclasses import dataclass

from bot.settings import Place
from bot.state.databases.opening import open_store
from bot.state.databases.store import Store
from bot.state.feedback import FeedbackStore
from bot.state.question_log import QuestionLog, forget_at_start


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept in one place; nothing where there is no place."""

    store: Store | None
    feedback: FeedbackStore | None
    questions: QuestionLog | None

    def close(self) -> None:
        """Let go of it."""
        for one in (self.feedback, self.questions):
            if one is not None:
                one.close()


def open_kept(place: Place | None, days: int) -> Kept:
    """Open what is kept at ``place``, questions for ``days``; 0 keeps none.

    Raises:
        SettingsError: PostgreSQL is named and cannot be spoken to from here, or its address cannot be read.
    """
    return _opened(open_store(place) if place else None, days)


def open_to_keep(place: Place | None, days: int) -> Kept:
    """Open it as ``open_kept`` does, once at the start of serving: questions are removed where none are kept any more.

    Raises:
        SettingsError: as ``open_kept`` says, or they cannot be removed.
    """
    store = open_store(place) if place else None
    if store and not days:
        forget_at_start(store)
    return _opened(store, days)


def _opened(store: Store | None, days: int) -> Kept:
    return Kept(store, FeedbackStore(store) if store else None, QuestionLog(store, days) if store and days else None)

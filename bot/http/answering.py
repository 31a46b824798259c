"""One way from a question that came over HTTP to an Answer, shared by page and API.

Comes in: checked values. Goes out: the service's Answer, counted and, where the operator wants it, logged without identity.
Refuses to rank, filter and word anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.answers import Answer
from bot.answering.library import documents_of_kind
from bot.answering.limits import DEFAULT_PASSAGES
from bot.http.http_state import HttpState
from index.errors import QuestionError
from index.records import Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, and where to look."""

    question: str = ""
    limit: int = DEFAULT_PASSAGES
    document: str = ""  # id, or empty for all
    kind: str = ""  # or empty for all
    earlier: Sequence[str] = ()  # questions of the conversation, oldest first
    documents: Sequence[str] | None = None  # ids of several; None for all


async def answer_to(state: HttpState, asked: Asked) -> Answer:
    """Return the answer to ``asked``.

    Raises:
        LocalismError: it cannot be asked so, or not now.
    """
    answer = await state.asking.run(_answer, state, asked)
    state.metrics.answered(answer.status.value)
    return answer


def _answer(state: HttpState, asked: Asked) -> Answer:
    with state.metrics.answering(state.build.encoder):
        answer = state.service.answer(
            asked.question, asked.limit, asked.document or None, tuple(asked.earlier), _documents(state, asked)
        )
    if state.questions is not None:
        state.questions.add(asked.question, answer.status)
    return answer


def _documents(state: HttpState, asked: Asked) -> Sequence[str] | None:
    if not asked.kind:
        return asked.documents
    try:
        return documents_of_kind(state.build, Kind(asked.kind))
    except ValueError:
        names = ", ".join(known.value for known in Kind)
        raise QuestionError(f"There is no such kind of source. The kinds are: {names}.") from None

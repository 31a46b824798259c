"""A passage by its permanent id, also when the build has moved on.

Comes in: an id. Goes out: the passage in its page, or what became of it. Refuses to guess.
"""

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import PassageInContext
from bot.errors import PassageGone
from index.build.passage_history import Fate, Resolved, resolve
from index.errors import UnknownPassage


def standing_passage(service: AnswerSource, passage_id: str) -> PassageInContext:
    """Return the passage of ``passage_id``.

    Raises:
        UnknownPassage: no build has ever held it.
        PassageGone: an earlier build held it.
    """
    try:
        return service.passage(passage_id)
    except UnknownPassage:
        build = service.build
        found = resolve(build.folder, build.records, passage_id)
    if found.fate is Fate.STANDS:  # another build went live between the two looks
        return service.passage(passage_id)
    raise PassageGone(_sentence(found), found.passage)


def _sentence(found: Resolved) -> str:
    if found.fate is Fate.SUPERSEDED:
        return f"The text of this passage was changed on {found.day}. Another passage stands in its place."
    return f"This passage was removed from the sources on {found.day}."

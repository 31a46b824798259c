"""Say where to go on, beside what was found or instead of it.

Comes in: a decision and the hits. Goes out: one text, or none. Refuses to decide whether an answer is shown.

A signpost of the corpus comes first. Where none is near, the section "Who handles this, and where do we go?" of the document that was
found says it, in its own words. What is no question gets a word of what can be asked here.
"""

import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from index.abstention.confidence import Status
from index.abstention.decision import Decision
from index.abstention.kinds import Kind
from index.documents.store import Records
from index.records import Passage
from index.retrieval.searcher import Hit
from index.text.language import DESK_HEADING

LANGUAGES = Path(__file__).with_name("other_languages.toml")
_MOST = 600  # characters of such a section: its first sentences name the desks
_LARGEST = 200  # passages of a document that is looked through
_REMEMBERED = 256  # documents
ENGLISH_ONLY = "The texts here are in English. Please ask in English, in a plain sentence."
_KINDS = {
    Kind.GREETING: "Hello. Type a question in plain words, with the thing it is about, and you get the passages that answer it, "
    "quoted word for word, with where they stand.",
    Kind.REQUEST: "Passages are quoted here word for word; nothing is written, sent or done. Ask what such a paper has to hold, or "
    "who handles it, and the passages that say so are shown.",
    Kind.LIVE_FACT: "What is decided or planned from day to day is not held here. Whoever keeps the register or the calendar can say; "
    "ask here what the rules are.",
}


class Pointers:
    """The pointers of one build."""

    def __init__(self, records: Records) -> None:
        """Look for desks in ``records``."""
        self._records = records
        self._desk_of = lru_cache(_REMEMBERED)(self._find_desk)

    def told(self, decision: Decision, hits: Sequence[Hit]) -> str:
        """Return where to go on; empty where the answer is sure, or nothing is known."""
        if decision.kind is Kind.OTHER_LANGUAGE:
            return f"{_languages().get(decision.language, '')} {ENGLISH_ONLY}".strip()
        if decision.signpost is not None:
            return decision.signpost.told
        if decision.kind is not Kind.QUESTION:
            return _KINDS[decision.kind]
        if decision.status is Status.ANSWERED:
            return ""
        desks = (self._desk_of(hit.passage.document_id) for hit in hits)
        return next(filter(None, desks), "")

    def _find_desk(self, document_id: str) -> str:
        rows = self._records.rows_of(document_id)
        passages = self._records.passages(list(rows)) if len(rows) <= _LARGEST else []
        return next((_shortened(one) for one in passages if one.section and DESK_HEADING.match(one.section[-1])), "")


def _shortened(passage: Passage) -> str:
    """Return the heading and the first sentences of ``passage``, as they stand."""
    end = max((end for _, end in passage.sentences if end <= _MOST), default=len(passage.text))
    return f"{passage.section[-1]} {passage.text[:end]}"


@cache
def _languages() -> dict[str, str]:
    return tomllib.loads(LANGUAGES.read_text(encoding="utf-8"))

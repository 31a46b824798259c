"""A passage as one line of JSON, which an engine keeps, with all that proves it.

Comes in: a passage. Goes out: text, and the same passage again. Refuses to know where it lies.
"""

import json
from collections.abc import Sequence

from index.documents.store import proved_passage
from index.engines.engine import PassageRow
from index.records import Passage


def written_passage(one: PassageRow) -> str:
    """Return a passage with what proves it."""
    passage = one.passage
    parts: Sequence[object] = (passage.section, passage.sentences, passage.keys)
    place = (passage.id, passage.document_id, passage.page_number, passage.start, passage.end, one.occurrence)
    return json.dumps([*place, *map(json.dumps, parts), passage.text])


def read_passage(row: int, text: str) -> Passage:
    """Return the passage of ``text``.

    Raises:
        DamagedBuild: its text is not what its id was made from.
    """
    return proved_passage((row, *json.loads(text)))

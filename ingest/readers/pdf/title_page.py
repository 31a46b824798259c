"""The title that a first page shows: by its type, or by the short lines that it opens with.

Comes in: the paragraphs of a page and the height of the document's body type. Goes out: a title, and the lines that may bear a date or
a name. Refuses to look at metadata.
"""

from collections.abc import Sequence

from ingest.readers.front_matter import MOST_TITLE, short_title
from ingest.readers.pdf.paragraphs import Paragraph, Role
from ingest.readers.sections import Block, BlockKind

_TITLE_TYPE = 0.7  # of the largest type of the page
_LARGER = 1.12  # than the body type
_SHORT_ROWS = 3  # of a paragraph whose rows may each be a line of its own: a date below a name


def title_shown(paragraphs: Sequence[Paragraph], body: float) -> str:
    """Return the title that a page shows, or nothing: the words in its largest type, else the short lines at its head."""
    texts = [one for one in paragraphs if one.role is not Role.ROW and one.rows[0].upright]
    largest = max((one.size for one in texts if len(one.text) > 3), default=0.0)
    if largest > _LARGER * body:
        return _joined([one for one in texts if one.size >= max(_TITLE_TYPE * largest, 1.02 * body)])
    opening: list[Paragraph] = []
    for one in paragraphs:
        if one.role is Role.ROW or not short_title(Block(BlockKind.PARAGRAPH, one.text)):
            break
        opening.append(one)
    return _joined(opening) if len(opening) < len(paragraphs) else ""


def lines_of(paragraphs: Sequence[Paragraph]) -> list[str]:
    """Return the paragraphs of a page, and of short ones each row as well."""
    lines = [one.text for one in paragraphs]
    return lines + [row.text for one in paragraphs if 1 < len(one.rows) <= _SHORT_ROWS for row in one.rows]


def _joined(paragraphs: Sequence[Paragraph]) -> str:
    """Return paragraphs as one line, as many as fit."""
    title = ""
    for paragraph in paragraphs:
        longer = f"{title} {' '.join(paragraph.text.split())}".strip()
        if len(longer) > MOST_TITLE:
            break
        title = longer
    return title

"""Join the two halves of a letter outside the basic plane, which pdfium gives as two glyphs.

Comes in: the glyphs of a line, each with whatever belongs to it. Goes out: the same with such pairs made one. Refuses to touch a lone
half.
"""

from dataclasses import replace
from typing import TypeVar

from ingest.readers.pdf.sheet.glyphs import Glyph
from ingest.readers.sound_letters import joined

_With = TypeVar("_With")


def pairs_joined(taken: list[tuple[Glyph, _With]]) -> list[tuple[Glyph, _With]]:
    """Return the glyphs of a line with each pair of halves as one glyph, in a box around both."""
    whole: list[tuple[Glyph, _With]] = []
    for glyph, beside in taken:
        if whole and len(letter := joined(whole[-1][0].char + glyph.char)) == 1:
            first = whole[-1][0]
            left, top = min(first.x0, glyph.x0), min(first.y0, glyph.y0)
            right, bottom = max(first.x1, glyph.x1), max(first.y1, glyph.y1)
            whole[-1] = (replace(first, char=letter, x0=left, y0=top, x1=right, y1=bottom), whole[-1][1])
        else:
            whole.append((glyph, beside))
    return whole

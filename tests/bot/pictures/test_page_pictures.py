"""A quote is drawn line by line, column by column."""

import numpy as np
import pytest

from bot.pictures.page_pictures import lines_of

FULL = 65535


def box(left: float, top: float, right: float, bottom: float) -> list[int]:
    """Return a box from fractions."""
    return [round(edge * FULL) for edge in (left, top, right, bottom)]


def drawn(boxes: list[list[int]]) -> list[tuple[float, ...]]:
    """Return the rectangles of ``boxes``, rounded."""
    lines = lines_of(np.array(boxes, np.uint16).reshape(-1, 4))
    return [tuple(round(edge, 2) for edge in (line.left, line.top, line.right, line.bottom)) for line in lines]


@pytest.mark.parametrize(
    ("boxes", "lines"),
    [
        ([], []),
        ([box(0, 0, 0, 0)], []),
        ([box(0.1, 0.1, 0.2, 0.12), box(0, 0, 0, 0), box(0.22, 0.11, 0.3, 0.13)], [(0.1, 0.1, 0.3, 0.13)]),
        ([box(0.1, 0.1, 0.3, 0.12), box(0.1, 0.13, 0.3, 0.15)], [(0.1, 0.1, 0.3, 0.12), (0.1, 0.13, 0.3, 0.15)]),
        ([box(0.1, 0.9, 0.4, 0.92), box(0.6, 0.1, 0.9, 0.12)], [(0.1, 0.9, 0.4, 0.92), (0.6, 0.1, 0.9, 0.12)]),
        ([box(0.6, 0.5, 0.9, 0.52), box(0.1, 0.5, 0.4, 0.52)], [(0.6, 0.5, 0.9, 0.52), (0.1, 0.5, 0.4, 0.52)]),
    ],
    ids=["nothing", "no ink", "one line", "two lines", "next column", "same height in another column"],
)
def test_characters_are_joined_to_lines(boxes: list[list[int]], lines: list[tuple[float, ...]]):
    """A rectangle for each line; none spans two columns or two lines."""
    assert drawn(boxes) == lines

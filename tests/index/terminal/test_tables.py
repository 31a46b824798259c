"""Tables hold in a narrow terminal."""

from io import StringIO

import pytest
from rich.console import Console

from index.terminal.tables import print_table

BUILD = "20261130T123605-7a3160"
ROWS = [(BUILD, "2026-11-30 12:36 UTC", 52, "[live] and 14 other words that need their room"), ("b", "", 7, "")]


def printed(width: int) -> list[str]:
    """Return the lines that a terminal of ``width`` columns shows."""
    out = StringIO()
    print_table(Console(file=out, width=width), ("build", "made", "documents", "standing"), ROWS, right={"documents"})
    return out.getvalue().splitlines()


def test_a_table_that_fits_stands_side_by_side():
    """A line of headings, and a line for each row."""
    lines = printed(120)
    assert lines[0].split() == ["build", "made", "documents", "standing"]
    assert lines[1].split() == [BUILD, "2026-11-30", "12:36", "UTC", "52", *ROWS[0][3].split()]
    assert len(lines) == 3


@pytest.mark.parametrize("width", [40, 60])
def test_a_table_that_does_not_fit_is_written_below_each_other(width):
    """Nothing is cut off or broken within a word, no line is too long, and what is empty takes no line."""
    lines = printed(width)
    assert lines[0] == BUILD
    assert max(map(len, lines)) <= width
    assert (
        " ".join(" ".join(lines).split()) == f"{BUILD} made: {ROWS[0][1]} documents: 52 standing: {ROWS[0][3]} b documents: 7"
    )


def test_a_name_longer_than_the_terminal_stays_whole():
    """So that it can be copied: the terminal breaks the line, we do not."""
    assert printed(10)[0] == BUILD

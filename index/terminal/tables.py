"""A table that holds in a narrow terminal: side by side where there is room, else one under the other, nothing cut off.

Comes in: headings, rows and a console. Goes out: lines. Refuses to know what the rows say.
"""

from collections.abc import Collection, Sequence

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

INDENT = "  "
_ANY_WIDTH = 100_000  # columns: what a table would take if it could


def print_table(
    console: Console, headings: Sequence[str], rows: Sequence[Sequence[object]], right: Collection[str] = (), title: str = ""
) -> None:
    """Print ``rows`` under ``headings``; those in ``right`` hold numbers. What the first column names is never cut or broken."""
    cells = [[str(cell) for cell in row] for row in rows]
    if title:
        console.print(Text(title, "bold"))
    table = _table(headings, cells, right)
    if Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), table).maximum <= console.width:
        console.print(table)
        return
    for row in cells:
        _print_below(console, headings, row)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in headings:
        table.add_column(name, justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _print_below(console: Console, headings: Sequence[str], row: Sequence[str]) -> None:
    """Print one row: its first cell on a line of its own, which a terminal may break but no one shortens, the others below it."""
    console.print(Text(row[0], "bold"), soft_wrap=True)
    for name, cell in zip(headings[1:], row[1:], strict=True):
        if cell:
            label = f"{name}: " if name else ""
            for line in Text(f"{label}{cell}").wrap(console, console.width - len(INDENT)):
                console.print(Text(INDENT) + line, soft_wrap=True)

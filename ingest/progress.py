"""What ingestion tells while it works.

Comes in: steps. Goes out: bars in a terminal, or nothing. Refuses to know what the steps do.
"""

from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars


class Progress(Protocol):
    """ResultGroup of every step."""

    def document(self, number: int, total: int, name: str) -> None:
        """``number`` of ``total`` documents are read; ``name`` is the last of them."""
        ...

    def embedded(self, done: int, total: int) -> None:
        """``done`` of the ``total`` texts of this document have their vectors."""
        ...

    def stage(self, name: str) -> None:
        """A stage without a count begins."""
        ...


class Silence:
    """Tells nobody."""

    def document(self, number: int, total: int, name: str) -> None:
        """Say nothing."""

    def embedded(self, done: int, total: int) -> None:
        """Say nothing."""

    def stage(self, name: str) -> None:
        """Say nothing."""


class ProgressBars:
    """Bars on ``console``: one for the documents, one for the vectors of the document at hand. Use it as a context."""

    def __init__(self, console: Console) -> None:
        """Draw on ``console``."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bars = Bars(*columns, console=console, transient=True)
        self._documents = self._bars.add_task("documents", total=None)
        self._texts = self._bars.add_task("vectors", total=None, visible=False)

    def __enter__(self) -> "ProgressBars":
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bars away."""
        self._bars.stop()

    def document(self, number: int, total: int, name: str) -> None:
        """Show which document is at hand."""
        self._bars.update(self._documents, description=name, completed=number, total=total)
        self._bars.update(self._texts, visible=False)

    def embedded(self, done: int, total: int) -> None:
        """Show how many texts of the document have their vectors."""
        self._bars.update(self._texts, completed=done, total=total, visible=True)

    def stage(self, name: str) -> None:
        """Show the name of the stage."""
        self._bars.update(self._documents, description=name, total=None)
        self._bars.update(self._texts, visible=False)

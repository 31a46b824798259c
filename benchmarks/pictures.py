"""Draw how far confidence can be trusted: a risk-coverage curve and a reliability diagram.

Comes in: what came of questions, by the name of their set. Goes out: two SVG pictures. Refuses to measure.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.calibration import Judged, bins_of, calibration_error, risk_coverage

Plot = Callable[[Axes, Mapping[str, Sequence[Judged]]], None]

MARKS = ("o", "s", "^", "D", "v", "P")  # a set is told by its mark as well as by its colour


def draw(sets: Mapping[str, Sequence[Judged]], folder: Path) -> list[Path]:
    """Draw both pictures into ``folder`` and return their paths."""
    folder.mkdir(exist_ok=True)
    return [
        _picture(sets, folder / "risk_coverage.svg", _risk_coverage),
        _picture(sets, folder / "reliability.svg", _reliability),
    ]


def _picture(sets: Mapping[str, Sequence[Judged]], path: Path, plot: Plot) -> Path:
    # The same picture again for the same figures: no date, no random ids; text stays text.
    with mpl.rc_context({"svg.hashsalt": "localism", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(5.2, 4.2), layout="constrained")
        axes = figure.subplots()
        plot(axes, sets)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        figure.savefig(path, metadata={"Date": None})
    return path


def _risk_coverage(axes: Axes, sets: Mapping[str, Sequence[Judged]]) -> None:
    for (name, judged), mark in zip(sets.items(), MARKS, strict=False):
        curve = risk_coverage(judged)
        every = max(1, len(curve.risk) // 12)
        shown = slice(max(1, len(curve.risk) // 50), None)  # of the very first few questions a share says nothing
        axes.plot(curve.coverage[shown], curve.risk[shown], marker=mark, markevery=every, markersize=4, label=name)
    axes.set(xlabel="share of questions answered, the surest first", ylabel="share of those answered wrongly")
    axes.set(xlim=(0, 1), ylim=(0, None))


def _reliability(axes: Axes, sets: Mapping[str, Sequence[Judged]]) -> None:
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="as sure as right")
    for (name, judged), mark in zip(sets.items(), MARKS, strict=False):
        bins = bins_of(judged)
        label = f"{name} (ECE {calibration_error(judged):.3f})"
        axes.plot([one.confidence for one in bins], [one.right for one in bins], marker=mark, markersize=4, label=label)
    axes.set(xlabel="confidence, mean of a tenth of the questions", ylabel="share whose first passage answers")
    axes.set(xlim=(0, 1), ylim=(0, 1))

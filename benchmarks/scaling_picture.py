"""Draw what ``benchmarks.scaling`` measured. Needs the bench extra.

    python -m benchmarks.scaling_picture ROOM/results.json

Comes in: its results. Goes out: benchmarks/pictures/scaling.svg.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

PICTURE = Path(__file__).resolve().parent / "pictures" / "scaling.svg"
# Title of a plot, and what is drawn in it: a label and the place of its figure in a result.
PLOTS = (
    ("milliseconds a question, one core", (("median", "asked", "p50_ms"), ("95th percentile", "asked", "p95_ms"))),
    ("MB of memory when serving", (("private", "asked", "private_mb"), ("resident", "asked", "resident_mb"))),
    ("MB on disk", (("build", "made", "disk_mb"),)),
)


def main() -> int:
    """Draw the picture."""
    results: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sizes = sorted(map(int, results))
    with mpl.rc_context({"svg.hashsalt": "localism", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(9, 2.8), layout="constrained")
        for axes, (title, lines) in zip(figure.subplots(1, len(PLOTS)), PLOTS, strict=True):
            for label, step, name in lines:
                found = [results[str(size)][step][name] for size in sizes]
                values = [sum(one.values()) if isinstance(one, dict) else one for one in found]
                axes.plot(sizes, values, marker="o", markersize=3, label=label)
            axes.set(xscale="log", yscale="log", xlabel="passages", title=title)
            axes.grid(alpha=0.3)
            axes.legend(frameon=False)
        PICTURE.parent.mkdir(exist_ok=True)
        figure.savefig(PICTURE, metadata={"Date": None})
    return 0


if __name__ == "__main__":
    sys.exit(main())

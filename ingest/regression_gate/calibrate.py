"""Fit how sure to be to a build that is finished and not live yet: its golden questions are asked once, and what comes out is kept.

Comes in: the folder of a build and the golden questions of its corpus. Goes out: a manifest that holds a calibration, where there are
questions enough; the build stays as it was where there are not. Refuses to judge the build.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from index.build.reader import open_build
from index.evaluation.calibration import fitted, known, reliability, teaches
from index.evaluation.golden import GoldenQuestion
from index.evaluation.golden_run import evaluate_golden
from index.retrieval.searcher import Searcher

MOST_ASKED = 600  # of each part, taken evenly: more would only take time


def calibrate(folder: Path, golden: Sequence[GoldenQuestion]) -> None:
    """Fit the calibration of the build in ``folder`` to the golden questions that may be tuned on; those held back say how good it is.

    Raises:
        BuildError: it cannot be opened.
    """
    with threadpool_limits(1, user_api="blas"), closing(open_build(folder)) as build:  # as in ingest.regression_gate.gate
        tuned = known(evaluate_golden(build, _evenly([one for one in golden if not one.held_back])).outcomes)
        if not teaches(tuned):
            return
        calibration = fitted(tuned, Searcher(build).calibration)
        held_back = known(evaluate_golden(build, _evenly([one for one in golden if one.held_back])).outcomes)
        kept = {
            "bias": round(calibration.bias, 4),
            "weights": {name: round(one, 4) for name, one in calibration.weights.items()},
        }
        reliable = {name: round(one, 4) for name, one in reliability(calibration, held_back).items()} if held_back else {}
        manifest = replace(build.manifest, calibration={**kept, "fitted_on": len(tuned), "held_back": reliable})
    manifest.save(folder)


def _evenly(questions: Sequence[GoldenQuestion]) -> list[GoldenQuestion]:
    step = max(1, -(-len(questions) // MOST_ASKED))
    return list(questions[::step])

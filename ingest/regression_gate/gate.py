"""What is asked of a finished build before it may go live: golden questions, to know how sure to be and whether it answers worse.

Comes in: builds and the golden questions of their corpus. Goes out: a calibration in the manifest of a new build; a comparison of two
builds. Refuses to switch anything.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from index.abstention.confidence import calibration_of
from index.build.engine_files import is_without
from index.build.layout import BuildLayout
from index.build.left_out import read_left_out
from index.build.reader import open_build
from index.encoders.query_encoder import EncodedQuestion, QueryEncoder
from index.evaluation.calibration import fitted, known, reliability, teaches
from index.evaluation.golden import GoldenQuestion
from index.evaluation.golden_run import evaluate_golden
from ingest.regression_gate.comparison import Comparison, comparison_of

if TYPE_CHECKING:
    from index.engines.engine import Engine

MOST_ASKED = (
    600  # golden questions of each part that confidence is fitted to or tried on, taken evenly: more would only take time
)


def compare(
    old: Path, new: Path, questions: Sequence[GoldenQuestion], listed: Sequence[str], engine: "Engine | None" = None
) -> Comparison:
    """Ask the builds in the folders ``old`` and ``new`` every question and compare; ``listed`` are the corpus's document ids.

    What of the ``old`` one was left to the ``engine`` is asked there.

    Raises:
        BuildError: one of them cannot be opened.
    """
    # The arithmetic of one question is small: further BLAS threads only wait, most of all beside a server on the same machine.
    one_thread = threadpool_limits(1, user_api="blas")
    left = engine if is_without(old) else None
    with one_thread, closing(open_build(old, engine=left)) as before, closing(open_build(new, beside=before)) as after:
        shared = _RememberingEncoder(before.encoder)
        asked_after = replace(after, encoder=shared) if after.encoder is before.encoder else after
        old_outcomes = evaluate_golden(replace(before, encoder=shared), questions).outcomes
        new_outcomes = evaluate_golden(asked_after, questions).outcomes
        held = {document.id for document in after.records.documents}
        held.update(one.id for one in read_left_out(BuildLayout(new).left_out) if one.copy_of)  # by the one that says the same
        lost = [document.id for document in before.records.documents if document.id in listed and document.id not in held]
    return comparison_of(old.name, new.name, old_outcomes, new_outcomes, lost)


def calibrate(folder: Path, golden: Sequence[GoldenQuestion]) -> None:
    """Fit the calibration of the build in ``folder`` to the golden questions that may be tuned on; those held back say how good it is.

    Raises:
        BuildError: it cannot be opened.
    """
    with threadpool_limits(1, user_api="blas"), closing(open_build(folder)) as build:  # as above
        tuned = known(evaluate_golden(build, _evenly([one for one in golden if not one.held_back])).outcomes)
        if not teaches(tuned):
            return
        # From what ships for the reader, so that a build fitted again is not drawn to what it was fitted to before.
        shipped = calibration_of(build.manifest.model.dimension, {}, build.adapter is not None)
        calibration = fitted(tuned, shipped)
        held_back = known(evaluate_golden(build, _evenly([one for one in golden if one.held_back])).outcomes)
        kept = {
            "bias": round(calibration.bias, 4),
            "weights": {name: round(one, 4) for name, one in calibration.weights.items()},
        }
        reliable = {name: round(one, 4) for name, one in reliability(calibration, held_back).items()} if held_back else {}
        manifest = replace(build.manifest, calibration={**kept, "fitted_on": len(tuned), "held_back": reliable})
    manifest.save(folder)


def _evenly(questions: Sequence[GoldenQuestion]) -> list[GoldenQuestion]:
    asked = min(len(questions), MOST_ASKED)
    return [questions[place * len(questions) // asked] for place in range(asked)]


class _RememberingEncoder(QueryEncoder):
    """Encodes every question once: two builds with the same encoder share the work."""

    def __init__(self, encoder: QueryEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, EncodedQuestion] = {}
        self.dimension = encoder.dimension

    def knows(self, word: str) -> bool:  # type: ignore[explicit-override]  # as below
        return self._encoder.knows(word)

    def encode(self, question: str) -> EncodedQuestion:  # type: ignore[explicit-override]  # typing.override needs Python 3.12
        if question not in self._known:
            self._known[question] = self._encoder.encode(question)
        return self._known[question]

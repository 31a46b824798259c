"""A build knows how sure to be from the golden questions of its own corpus, where there are enough."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from index.build.manifest import Manifest
from index.build.reader import open_build
from index.evaluation.calibration import LEAST_QUESTIONS
from index.retrieval.searcher import Searcher
from ingest.outcome import Step

ROOT = Path(__file__).resolve().parents[3]
RIGHT = """[[question]]
id = "right-{n}"
text = "How long does bread keep in a wooden box number {n}?"
verdict = "answer"
held_back = {held}
answers = [{{ document = "bread", section = "How long does bread keep?" }}]

"""
WRONG = """[[question]]
id = "wrong-{n}"
text = "Where do the boats of number {n} lie in the harbour?"
verdict = "refuse"
why = "off topic"
held_back = {held}

"""


def write_questions(workshop, count):
    """Write ``count`` questions, half of them to be refused, a third of them held back."""
    texts = [(WRONG if n % 2 else RIGHT).format(n=n, held=str(n % 3 == 0).lower()) for n in range(count)]
    (workshop.corpus / "questions.toml").write_text("".join(texts), encoding="utf-8")


def test_enough_questions_are_fitted_to_and_the_searcher_takes_what_was_fitted(workshop):
    """With its reliability, measured on those held back."""
    write_questions(workshop, 3 * LEAST_QUESTIONS)
    folder = workshop.builds / workshop.build().build
    calibration = Manifest.open(folder).calibration
    assert calibration["fitted_on"] == 2 * LEAST_QUESTIONS
    assert calibration["held_back"]["questions"] == LEAST_QUESTIONS
    assert calibration["held_back"]["auroc"] > 0.95
    assert (
        0 < calibration["held_back"]["expected_calibration_error"] < 0.5
    )  # two hundred questions move weights that thousands made a little
    build = open_build(folder)
    assert Searcher(build).calibration.weights == calibration["weights"]
    build.close()


def test_few_questions_leave_what_holds_for_the_reader(workshop):
    """Nothing is written down that a handful of questions cannot carry."""
    write_questions(workshop, LEAST_QUESTIONS // 2)
    folder = workshop.builds / workshop.build().build
    assert Manifest.open(folder).calibration == {}


def test_a_run_that_stopped_before_it_is_gone_on_with(workshop):
    """The build that stands finished is fitted by the next run."""
    write_questions(workshop, 3 * LEAST_QUESTIONS)
    folder = workshop.builds / workshop.build(Step.HOLD).build
    fitted = Manifest.open(folder)
    replace(fitted, calibration={}).save(folder)
    assert workshop.build().build == folder.name
    assert Manifest.open(folder).calibration == fitted.calibration


def test_it_needs_nothing_that_only_makes_encoders():
    """A light set-up has none of it when it builds."""
    absent = "import sys; sys.modules.update(dict.fromkeys(('onnx', 'safetensors', 'sentence_transformers', 'torch')))"
    code = f"{absent}; import ingest.regression_gate.gate"
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr

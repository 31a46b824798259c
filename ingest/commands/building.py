"""``build``, ``publish``, ``discard``, ``status``, ``check``: from the corpus to a live build.

Comes in: a frame. Goes out: an exit code, and what was printed. Refuses to know how the work is done.
"""

from index.errors import UnknownBuild
from index.history import remove_build
from index.standing import Standing, read_standings
from ingest.commands.frame import DONE, NOT_PUBLISHED, PROBLEMS, Frame
from ingest.commands.telling import tell_outcome, tell_plan
from ingest.corpus import open_corpus
from ingest.model import open_model
from ingest.pipeline import Outcome, State, Step, bring_live, build_index
from ingest.plan import plan_of
from ingest.read_document import ReadingOptions


def build(frame: Frame) -> int:
    """Read, split, embed, compare and publish."""
    if frame.options.dry_run:
        return status(frame)
    outcome = make(frame, force=frame.options.force)
    return finish(frame, outcome)


def make(frame: Frame, force: bool = False, step: Step | None = None) -> Outcome:
    """Make a build of the corpus and bring it as far as ``step``, or the options and the gate, allow."""
    with frame.lock(), frame.progress() as progress:
        corpus = open_corpus(frame.corpus)
        return build_index(
            corpus, frame.builds, frame.recipe, open_model(frame.settings.model), progress, step or _step(frame), force
        )


def finish(frame: Frame, outcome: Outcome) -> int:
    """Tell what came of a build and return the exit code."""
    tell_outcome(frame, outcome)
    frame.give_json(outcome.json())
    return code_of(outcome)


def code_of(outcome: Outcome) -> int:
    """Return the exit code that fits ``outcome``."""
    if outcome.state is State.REFUSED:
        return NOT_PUBLISHED
    return PROBLEMS if any(report.reason for report in outcome.reports) else DONE


def publish(frame: Frame) -> int:
    """Make the build that waits live."""
    with frame.lock(), frame.progress() as progress:
        waiting = waiting_build(frame)
        outcome = bring_live(open_corpus(frame.corpus), frame.builds, waiting, frame.recipe, progress, _step(frame))
    return finish(frame, outcome)


def discard(frame: Frame) -> int:
    """Remove the build that waits."""
    with frame.lock():
        waiting = waiting_build(frame)
        remove_build(frame.builds, waiting)
    frame.say(f"Build {waiting} was removed. The live build is as it was, and so is the corpus.")
    frame.give_json({"discarded": waiting})
    return DONE


def waiting_build(frame: Frame) -> str:
    """Return the build that waits for a person: the one named, else the newest.

    Raises:
        UnknownBuild: none waits, or not the one named.
    """
    waiting = [name for name, reason in read_standings(frame.builds).items() if reason is not Standing.ROLLED_BACK]
    named = frame.options.build
    if named and named not in waiting:
        raise UnknownBuild(f"Build {named[:60]!r} does not wait to be published. Waiting: {', '.join(waiting) or 'none'}.")
    if named:
        return str(named)
    if not waiting:
        raise UnknownBuild("No build waits to be published. Make one first: localism-ingest build")
    return max(waiting)


def status(frame: Frame) -> int:
    """Say what a build would do and why, without doing it."""
    corpus = open_corpus(frame.corpus)
    plan = plan_of(corpus, frame.builds, frame.recipe, open_model(frame.settings.model).embedder.identity)
    for warning in corpus.warnings:
        frame.say(f"Warning: {warning}", "yellow")
    tell_plan(frame, plan)
    frame.give_json(plan.json() | {"warnings": list(corpus.warnings)})
    return DONE


def check(frame: Frame) -> int:
    """Name every problem of the corpus."""
    # The readers' libraries take longer to import than a run with nothing to do takes.
    from ingest.check import problems_of

    problems = problems_of(frame.corpus, ReadingOptions(ocr=frame.settings.ocr))
    for problem in problems:
        frame.say(problem)
    frame.say(f"{len(problems)} problems." if problems else "The corpus is in order.")
    frame.give_json({"problems": problems})
    return PROBLEMS if problems else DONE


def _step(frame: Frame) -> Step:
    if frame.options.accept:
        return Step.ACCEPT
    return Step.HOLD if frame.options.hold else Step.PUBLISH

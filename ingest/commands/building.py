"""``build``, ``publish``, ``discard``: from the corpus to a live build.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to know how the work is done.
"""

from contextlib import suppress

from index.build.history import check_known, live_id, remove_build
from index.build.hold_reason import waiting_builds
from index.build.layout import live_build
from index.build.manifest import Manifest
from index.encoders.full import ModelIdentity
from index.errors import BuildError, UnknownBuild
from ingest.catalogue.corpus import open_corpus
from ingest.commands.context import DONE, NOT_PUBLISHED, PROBLEMS, CommandContext
from ingest.commands.looking import status
from ingest.commands.telling import tell_outcome
from ingest.encoder.model import open_model
from ingest.pipeline import Outcome, State, Step, bring_live, build_index


def build(context: CommandContext) -> int:
    """Read, split, embed, compare and publish."""
    if context.options.dry_run:
        return status(context)
    outcome = make(context, force=context.options.force)
    return finish(context, outcome)


def make(context: CommandContext, force: bool = False, step: Step | None = None) -> Outcome:
    """Make a build of the corpus and bring it as far as ``step``, or the options and the gate, allow."""
    with context.lock(), context.progress() as progress:
        corpus = open_corpus(context.corpus)
        model = open_model(context.settings.model, context.settings.embed_with)
        _tell_other_reader(context, model.identity)
        return build_index(
            corpus, context.builds, context.recipe, model, progress, step or _step(context), force, context.engine()
        )


def _tell_other_reader(context: CommandContext, now: ModelIdentity) -> None:
    """Say that all is embedded again where another reader made the live build: it takes minutes, and somebody may not want it."""
    with suppress(BuildError):
        before = Manifest.open(live_build(context.builds)).model
        if before != now:
            context.say(
                f"The live build was read by {before.name} ({before.precision}), the reader is now {now.name} ({now.precision}): "
                "every passage is embedded again, which takes some minutes. To keep the other, stop here and set LOCALISM_MODEL."
            )


def finish(context: CommandContext, outcome: Outcome) -> int:
    """Tell what came of a build and return the exit code."""
    tell_outcome(context, outcome)
    context.give_json(outcome.json())
    return code_of(outcome)


def code_of(outcome: Outcome) -> int:
    """Return the exit code that fits ``outcome``; what could not be read and was told before is no news."""
    if outcome.state is State.REFUSED:
        return NOT_PUBLISHED
    return PROBLEMS if any(report.is_unreadable and not report.told for report in outcome.reports) else DONE


def publish(context: CommandContext) -> int:
    """Make the build that waits, or a named one, live as far as the gate allows."""
    with context.lock(), context.progress() as progress:
        chosen = _not_live(context) if context.options.build else waiting_build(context)
        outcome = bring_live(
            open_corpus(context.corpus),
            context.builds,
            chosen,
            context.recipe,
            progress,
            _step(context),
            engine=context.engine(),
        )
    return finish(context, outcome)


def discard(context: CommandContext) -> int:
    """Remove the build that waits."""
    with context.lock():
        waiting = waiting_build(context)
        remove_build(context.builds, waiting)
    context.say(f"Build {waiting} was removed. The live build is as it was, and so is the corpus.")
    context.give_json({"discarded": waiting})
    return DONE


def waiting_build(context: CommandContext) -> str:
    """Return the build that waits for a person: the one named, else the newest.

    Raises:
        UnknownBuild: none waits, or not the one named.
    """
    waiting = waiting_builds(context.builds)
    named = context.options.build
    if named and named not in waiting:
        raise UnknownBuild(f"Build {named[:60]!r} does not wait to be published. Waiting: {', '.join(waiting) or 'none'}.")
    if named:
        return str(named)
    if not waiting:
        raise UnknownBuild("No build waits to be published. Make one first: localism-ingest build")
    return waiting[-1]


def _not_live(context: CommandContext) -> str:
    named = str(context.options.build)
    check_known(context.builds, named)
    if named == live_id(context.builds):
        raise UnknownBuild(f"Build {named} is the live one already; nothing was changed.")
    return named


def _step(context: CommandContext) -> Step:
    if context.options.accept:
        return Step.ACCEPT
    return Step.HOLD if context.options.hold else Step.PUBLISH

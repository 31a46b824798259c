"""``publish`` and ``discard``: what becomes of a build that waits for a person.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to know how a build goes live.
"""

from pathlib import Path

from index.build.history import check_known, live_id, remove_build
from index.build.hold_reason import waiting_builds
from index.build.manifest import shard_of
from index.errors import UnknownBuild
from ingest.catalogue.corpus import open_corpus
from ingest.commands.building import finish, step_of
from ingest.commands.context import DONE, CommandContext
from ingest.publishing import bring_live


def publish(context: CommandContext) -> int:
    """Make the build that waits, or a named one, live as far as the gate allows."""
    with context.lock(), context.engine() as engine, context.progress() as progress:
        chosen = _not_live(context) if context.options.build else waiting_build(context)
        outcome = bring_live(
            open_corpus(context.corpus),
            context.builds,
            chosen,
            context.recipe,
            progress,
            step_of(context),
            engine=engine,
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
    """Return the build that waits for a person: the one named, which may be a shard too, else the newest.

    Raises:
        UnknownBuild: none waits, or not the one named.
    """
    waiting = waiting_builds(context.builds)
    named = context.options.build
    if named and named not in waiting and not shard_of(context.builds / Path(named).name):
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

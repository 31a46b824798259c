"""``builds``, ``rollback``, ``prune``, ``diff``: the builds that there are.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to make builds.
"""

from datetime import datetime
from shutil import rmtree
from typing import Any

from index.build.history import check_known, finished_builds, live_id, prune, roll_back, shards_in, sweep_unfinished
from index.build.hold_reason import once_live, read_hold_reasons
from index.build.layout import JOINING
from index.build.manifest import Manifest, check_whole
from index.errors import BuildError, EngineRefused, UnknownBuild
from index.terminal.tables import print_table
from ingest.carrying import carry_live, prune_engine
from ingest.catalogue.corpus import open_corpus
from ingest.commands.context import DONE, NOT_PUBLISHED, CommandContext
from ingest.commands.telling import tell_comparison


def list_builds(context: CommandContext) -> int:
    """List the builds, the newest first."""
    builds = [_described(context, build) for build in reversed(finished_builds(context.builds))]
    rows = [(one["build"], _when(one["created"]), one["documents"], one["passages"], one["standing"]) for one in builds]
    if builds and not context.json:
        columns = ("build", "made", "documents", "passages", "standing")
        print_table(context.console, columns, rows, right={"documents", "passages"})
    elif not context.json:
        context.console.print("There are no builds yet. Make one: localism-ingest build")
    context.give_json({"builds": builds})
    return DONE


def roll_back_to(context: CommandContext) -> int:
    """Make an earlier build live again."""
    with context.lock(), context.engine() as engine, context.progress() as progress:
        if engine is not None:
            engine.pointer()  # one that does not answer is found out before anything is changed
        before, after = roll_back(context.builds, context.options.build)
        if engine is not None:
            carry_live(open_corpus(context.corpus), context.builds, context.recipe, progress, engine)
    context.say(f"Build {after} is live again; before it was {before or 'none'}.")
    context.give_json({"before": before, "build": after})
    return DONE


def prune_builds(context: CommandContext) -> int:
    """Remove old builds."""
    with context.lock(), context.engine() as engine:
        sweep_unfinished(context.builds)
        rmtree(context.builds / JOINING, ignore_errors=True)
        removed = prune(context.builds, context.options.keep)
        if engine is not None:
            prune_engine(engine, context.options.keep)
    context.say(f"Removed: {', '.join(removed)}" if removed else "Nothing to remove.")
    context.give_json({"removed": removed})
    return DONE


def show_engine(context: CommandContext) -> int:
    """See that the live build is live in the engine too, and list what lies there."""
    with context.lock(), context.engine() as engine, context.progress() as progress:
        if engine is None:
            raise EngineRefused(
                "LOCALISM_ENGINE names no engine: passages are searched in the files of the build, and nothing is brought anywhere."
            )
        removed = carry_live(open_corpus(context.corpus), context.builds, context.recipe, progress, engine)
        pointer = engine.pointer()
    live, serial = (pointer.build, pointer.serial) if pointer else ("", 0)
    context.say(f"Build {live} is live in {engine.name}. Removed there: {', '.join(removed) or 'nothing'}.")
    context.give_json({"engine": engine.name, "live": live, "serial": serial, "removed": removed})
    return DONE


def diff(context: CommandContext) -> int:
    """Show how two builds answer the golden questions."""
    # What asks questions takes longer to import than a list of builds takes.
    from ingest.regression_gate.gate import compare

    old, new = _pair(context)
    corpus = open_corpus(context.corpus)
    listed = [entry.document.id for entry in (*corpus.entries, *corpus.missing)]
    comparison = compare(context.builds / old, context.builds / new, corpus.golden, listed)
    passes = comparison.passes(context.recipe.tolerance)
    tell_comparison(context, comparison)
    context.say("The gate lets it through." if passes else "The gate refuses it.")
    context.give_json(comparison.json() | {"passes": passes})
    return DONE if passes else NOT_PUBLISHED


def _pair(context: CommandContext) -> tuple[str, str]:
    shards, live = shards_in(context.builds), live_id(context.builds)
    known = [build for build in finished_builds(context.builds) if build not in shards]
    for named in (context.options.old, context.options.new):
        if named:
            check_known(context.builds, named)
            check_whole(context.builds / named)
    if context.options.old:
        return context.options.old, context.options.new or live or known[-1]
    noted = sorted(read_hold_reasons(context.builds))
    if live and noted:
        return live, noted[-1]
    older = [build for build in known if live and build < live]
    if not older or not live:
        raise UnknownBuild("There are no two builds to compare. localism-ingest builds lists what is there.")
    return older[-1], live


def _described(context: CommandContext, build: str) -> dict[str, Any]:
    standing = _standing(context, build)
    try:
        manifest = Manifest.open(context.builds / build)
    except BuildError as error:
        return {
            "build": build,
            "created": "",
            "documents": 0,
            "passages": 0,
            "model": "",
            "standing": f"cannot be used: {error}",
        }
    return {
        "build": build,
        "created": manifest.created,
        "documents": manifest.documents,
        "passages": manifest.passages,
        "model": manifest.model.name,
        "standing": f"shard {manifest.shard}" if manifest.shard else standing,
    }


def _standing(context: CommandContext, build: str) -> str:
    if build == live_id(context.builds):
        return "live"
    noted = read_hold_reasons(context.builds).get(build)
    if noted is not None:
        return noted.value
    return "was live" if build in once_live(context.builds) else "never live"


def _when(created: str) -> str:
    return f"{datetime.fromisoformat(created):%Y-%m-%d %H:%M} UTC" if created else "?"

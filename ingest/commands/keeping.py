"""``builds``, ``rollback``, ``prune``, ``diff``: the builds that there are.

Comes in: a frame. Goes out: an exit code, and what was printed. Refuses to make builds.
"""

from datetime import datetime
from typing import Any

from rich.table import Table

from index.build.history import check_known, finished_builds, live_id, prune, roll_back, sweep_unfinished
from index.build.hold_reason import once_live, read_standings
from index.build.manifest import Manifest
from index.errors import BuildError, UnknownBuild
from ingest.catalogue.corpus import open_corpus
from ingest.commands.context import DONE, NOT_PUBLISHED, Frame
from ingest.commands.telling import tell_comparison


def list_builds(frame: Frame) -> int:
    """List the builds, the newest first."""
    builds = [_described(frame, build) for build in reversed(finished_builds(frame.builds))]
    table = Table(box=None, pad_edge=False)
    for name in ("build", "made", "documents", "passages", "standing"):
        table.add_column(name)
    for one in builds:
        table.add_row(one["build"], _when(one["created"]), str(one["documents"]), str(one["passages"]), one["standing"])
    if not frame.json:
        frame.console.print(table if builds else "There are no builds yet. Make one: localism-ingest build")
    frame.give_json({"builds": builds})
    return DONE


def roll_back_to(frame: Frame) -> int:
    """Make an earlier build live again."""
    with frame.lock():
        before, after = roll_back(frame.builds, frame.options.build)
    frame.say(f"Build {after} is live again; before it was {before or 'none'}.")
    frame.give_json({"before": before, "build": after})
    return DONE


def prune_builds(frame: Frame) -> int:
    """Remove old builds."""
    with frame.lock():
        sweep_unfinished(frame.builds)
        removed = prune(frame.builds, frame.options.keep)
    frame.say(f"Removed: {', '.join(removed)}" if removed else "Nothing to remove.")
    frame.give_json({"removed": removed})
    return DONE


def diff(frame: Frame) -> int:
    """Show how two builds answer the golden questions."""
    # What asks questions takes longer to import than a list of builds takes.
    from ingest.regression_gate.gate import compare

    old, new = _pair(frame)
    corpus = open_corpus(frame.corpus)
    listed = [entry.document.id for entry in (*corpus.entries, *corpus.missing)]
    comparison = compare(frame.builds / old, frame.builds / new, corpus.golden, listed)
    passes = comparison.passes(frame.recipe.tolerance)
    tell_comparison(frame, comparison)
    frame.say("The gate lets it through." if passes else "The gate refuses it.")
    frame.give_json(comparison.json() | {"passes": passes})
    return DONE if passes else NOT_PUBLISHED


def _pair(frame: Frame) -> tuple[str, str]:
    known, live = finished_builds(frame.builds), live_id(frame.builds)
    for named in (frame.options.old, frame.options.new):
        if named:
            check_known(frame.builds, named)
    if frame.options.old:
        return frame.options.old, frame.options.new or live or known[-1]
    noted = sorted(read_standings(frame.builds))
    if live and noted:
        return live, noted[-1]
    older = [build for build in known if live and build < live]
    if not older or not live:
        raise UnknownBuild("There are no two builds to compare. localism-ingest builds lists what is there.")
    return older[-1], live


def _described(frame: Frame, build: str) -> dict[str, Any]:
    standing = _standing(frame, build)
    try:
        manifest = Manifest.open(frame.builds / build)
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
        "standing": standing,
    }


def _standing(frame: Frame, build: str) -> str:
    if build == live_id(frame.builds):
        return "live"
    noted = read_standings(frame.builds).get(build)
    if noted is not None:
        return noted.value
    return "was live" if build in once_live(frame.builds) else "never live"


def _when(created: str) -> str:
    return f"{datetime.fromisoformat(created):%Y-%m-%d %H:%M} UTC" if created else "?"

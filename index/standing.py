"""Why a finished build that could be live is not.

Comes in: the folder of the builds, an id, a reason. Goes out: the reasons, kept in one small file that is replaced in one step.
Refuses to judge builds.
"""

import json
from enum import Enum
from pathlib import Path

from index.layout import replace_text

STANDING_FILE = "STANDING.json"


class Standing(Enum):
    """Why a finished build is not live."""

    REFUSED = "refused"  # the gate found its answers worse
    HELD = "held"  # made to be looked at before it is published
    ROLLED_BACK = "rolled back"  # it was live, and a person took it back


def read_standings(builds: Path) -> dict[str, Standing]:
    """Return what is noted; a file that cannot be read counts as empty, for it only holds reasons to wait for a person."""
    try:
        noted = json.loads((builds / STANDING_FILE).read_text(encoding="utf-8"))
        return {str(build): Standing(reason) for build, reason in noted.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def note_standing(builds: Path, build: str, standing: Standing | None) -> None:
    """Note why ``build`` is not live; None takes the note back. Notes on builds that are gone go too."""
    before = read_standings(builds)
    after = {name: reason for name, reason in before.items() if name != build and (builds / name).is_dir()}
    if standing is not None:
        after[build] = standing
    if after != before:
        text = json.dumps({name: reason.value for name, reason in sorted(after.items())}, indent=2)
        replace_text(builds / STANDING_FILE, text + "\n")

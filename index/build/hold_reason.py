"""What is noted about builds that are not live: why one that could be is not, and which ones were.

Comes in: the folder of the builds, an id, a reason. Goes out: the notes, kept in two small files that are replaced in one step.
Refuses to judge builds.
"""

import json
from enum import Enum
from pathlib import Path

from index.build.layout import replace_text

STANDING_FILE = "STANDING.json"
LIVED_FILE = "LIVED"


class HoldReason(Enum):
    """Why a finished build is not live."""

    REFUSED = "refused"  # the gate found its answers worse
    HELD = "held"  # made to be looked at before it is published
    ROLLED_BACK = "rolled back"  # it was live, and a person took it back


def read_hold_reasons(builds: Path) -> dict[str, HoldReason]:
    """Return what is noted; a file that cannot be read counts as empty, for it only holds reasons to wait for a person."""
    try:
        noted = json.loads((builds / STANDING_FILE).read_text(encoding="utf-8"))
        return {str(build): HoldReason(reason) for build, reason in noted.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def waiting_builds(builds: Path) -> list[str]:
    """Return the builds that wait for a person to publish or discard them, oldest first."""
    return sorted(build for build, reason in read_hold_reasons(builds).items() if reason is not HoldReason.ROLLED_BACK)


def once_live(builds: Path) -> list[str]:
    """Return the builds that were live, the one that was live last at the end."""
    try:
        return (builds / LIVED_FILE).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        return []


def note_lived(builds: Path, build: str) -> None:
    """Note that ``build`` is, or was, live. Notes on builds that are gone go."""
    others = [name for name in once_live(builds) if name != build and (builds / name).is_dir()]
    replace_text(builds / LIVED_FILE, "".join(f"{name}\n" for name in (*others, build)))


def note_hold_reason(builds: Path, build: str, reason: HoldReason | None) -> None:
    """Note why ``build`` is not live; None takes the note back. Notes on builds that are gone go too."""
    before = read_hold_reasons(builds)
    after = {name: reason for name, reason in before.items() if name != build and (builds / name).is_dir()}
    if reason is not None:
        after[build] = reason
    if after != before:
        text = json.dumps({name: reason.value for name, reason in sorted(after.items())}, indent=2)
        replace_text(builds / STANDING_FILE, text + "\n")

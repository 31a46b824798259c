"""Documents of the corpus that a build does not hold: copies of others, and what could not be read.

Comes in: what ingestion says of them, or left_out.json. Goes out: the same records. Refuses to judge why.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from index.errors import DamagedBuild


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A document of the corpus that a build does not hold."""

    id: str
    title: str
    reason: str  # what to tell a person
    copy_of: str = ""  # id of the document that says the same and is held; empty where it could not be read
    noted: Mapping[str, str] = field(default_factory=dict)  # for the next ingestion; opaque here


def save_left_out(left_out: Sequence[LeftOut], path: Path) -> None:
    """Write the documents that a build does not hold to ``path``."""
    path.write_text(json.dumps([asdict(one) for one in left_out], ensure_ascii=False, indent=1), encoding="utf-8")


def read_left_out(path: Path) -> list[LeftOut]:
    """Return the documents that a build does not hold; none where an earlier version wrote the build and noted nothing.

    Raises:
        DamagedBuild: the file is there and cannot be used.
    """
    try:
        return [LeftOut(**fields) for fields in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise DamagedBuild(
            f"{path.name} of build {path.parent.name} cannot be read ({error}). Build the index again: localism-ingest build"
        ) from error

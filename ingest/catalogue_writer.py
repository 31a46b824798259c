"""Change one thing in corpus/catalogue.toml and leave everything else as people wrote it.

Comes in: the catalogue's path, an id and a hash. Goes out: the same file with that hash in that entry. Refuses to know where the
hash is from.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import CatalogueError
from index.layout import replace_text

if TYPE_CHECKING:
    from tomlkit.items import Table


def record_digest(catalogue: Path, document_id: str, sha256: str) -> None:
    """Write ``sha256`` into the entry of ``document_id``; comments, order and spacing stay.

    Raises:
        CatalogueError: the catalogue has no such entry.
    """
    import tomlkit  # here, because loading it takes longer than most runs of ingestion, which record nothing
    from tomlkit.items import AoT

    text = tomlkit.parse(catalogue.read_text(encoding="utf-8"))
    entries = text.get("document")
    place = next((place for place, entry in enumerate(entries or []) if entry.get("id") == document_id), None)
    if place is None or not isinstance(entries, AoT):
        raise CatalogueError(f"{catalogue} has no entry {document_id!r}, so its SHA-256 cannot be recorded.")
    if "sha256" in entries[place]:
        entries[place]["sha256"] = sha256
    else:
        entries[place] = _with_last_key(entries[place], "sha256", sha256)
    replace_text(catalogue, tomlkit.dumps(text))


def _with_last_key(table: "Table", key: str, value: str) -> "Table":
    """Return ``table`` with one more key behind its last one.

    Setting the key would put it behind the blank lines and comments that follow the entry and belong to the next one.
    """
    import tomlkit

    body = table.value.body
    end = max(place for place, (name, _) in enumerate(body) if name is not None) + 1
    longer = tomlkit.table()
    for name, item in body[:end]:
        longer.append(name, item)
    longer.append(key, value)
    for name, item in body[end:]:
        longer.append(name, item)
    return longer

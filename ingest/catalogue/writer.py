"""Change an entry of corpus/catalogue.toml and leave everything else as people wrote it.

Comes in: the catalogue's path, an id, and values by their keys. Goes out: the same file with those values in that entry. Refuses to
know where the values are from.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from index.build.layout import replace_text
from index.errors import CatalogueError
from index.lexicon import HAND_WRITTEN

if TYPE_CHECKING:
    from tomlkit.items import Table


def record_digest(catalogue: Path, document_id: str, sha256: str) -> None:
    """Write ``sha256`` into the entry of ``document_id``; comments, order and spacing stay.

    Raises:
        CatalogueError: the catalogue has no such entry.
    """
    change_entry(catalogue, document_id, {"sha256": sha256})


def change_entry(catalogue: Path, document_id: str, values: Mapping[str, str | list[str] | None]) -> None:
    """Write ``values`` into the entry of ``document_id``, None takes a key out; comments, order and spacing stay.

    Raises:
        CatalogueError: the catalogue has no such entry, or is written in a way that cannot be changed here; nothing was changed.
    """
    import tomlkit  # here, because loading it takes longer than most runs of ingestion, which change nothing
    from tomlkit.items import AoT

    text = tomlkit.parse(catalogue.read_text(encoding=HAND_WRITTEN))
    entries = text.get("document")
    place = next((place for place, entry in enumerate(entries or []) if entry.get("id") == document_id), None)
    if place is None or not isinstance(entries, AoT):
        raise CatalogueError(f"{catalogue} has no entry {document_id!r} that can be changed here; edit it by hand.")
    for key, value in values.items():
        if value is None:
            entries[place].pop(key, None)
        elif key in entries[place]:
            entries[place][key] = value
        else:
            entries[place] = _with_last_key(entries[place], key, value)
    replace_text(catalogue, tomlkit.dumps(text))


def _with_last_key(table: "Table", key: str, value: str | list[str]) -> "Table":
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

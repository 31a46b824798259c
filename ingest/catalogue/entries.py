"""Add an entry to corpus/catalogue.toml or take one out, and leave every other byte as people wrote it.

Comes in: the catalogue's path and a table or an id. Goes out: the same file with one entry more or less. Refuses to touch documents.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from index.build.layout import replace_text
from index.errors import CatalogueError
from index.lexicon import HAND_WRITTEN
from ingest.catalogue.catalogue import faults_of
from ingest.catalogue.writer import change_entry
from ingest.errors import CorpusProblems
from ingest.readers.sound_letters import shown_name


def append_entry(catalogue: Path, table: Mapping[str, str | list[str]]) -> None:
    """Write a [[document]] entry behind the last one; empty values are left out.

    Raises:
        CorpusProblems: the entry cannot be used; the catalogue is as it was.
    """
    import tomlkit  # here, because loading it takes longer than most runs of ingestion, which add nothing

    said = {name: value for name, value in table.items() if value}
    faults = [*faults_of(said), *_unwritable(said)]
    if faults:
        raise CorpusProblems(faults)
    text = catalogue.read_text(encoding=HAND_WRITTEN)
    lines = [f"{name} = {tomlkit.item(value).as_string()}" for name, value in said.items()]
    longer = text.rstrip("\n") + "\n\n[[document]]\n" + "\n".join(lines) + "\n"
    _replace(catalogue, text, longer, [*_ids(text), str(said["id"])])


def remove_entry(catalogue: Path, document_id: str, line: int) -> None:
    """Take out the entry that begins in ``line`` (1-based); comments that follow it stay, for they belong to what comes next.

    Raises:
        CatalogueError: the entry is not where it was; the catalogue is as it was.
    """
    text = catalogue.read_text(encoding=HAND_WRITTEN)
    lines = text.splitlines(keepends=True)
    end = next((place for place in range(line, len(lines)) if lines[place].lstrip().startswith("[[")), len(lines))
    while end > line and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    shorter = "".join(lines[: line - 1]).rstrip("\n") + "\n" + "".join(lines[end:])
    _replace(catalogue, text, shorter, [one for one in _ids(text) if one != document_id])


def let_back(catalogue: Path, names: Iterable[str]) -> None:
    """Take ``copy_of`` out of the entries of ``names``: what it leads to goes, and no command reads a catalogue that leads nowhere.

    Raises:
        CatalogueError: there is no such entry, or it cannot be changed here.
    """
    for name in names:
        change_entry(catalogue, name, {"copy_of": None})


def _unwritable(said: Mapping[str, str | list[str]]) -> list[str]:
    """Return what cannot be written in UTF-8, as the catalogue is: a file name with bytes of another encoding."""
    return [
        f"{name} {shown_name(value)!r} is not written in UTF-8, as the catalogue is; rename the file"
        for name, values in said.items()
        for value in ([values] if isinstance(values, str) else values)
        if shown_name(value) != value
    ]


def _replace(catalogue: Path, before: str, after: str, wanted: list[str]) -> None:
    try:
        found = _ids(after)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(
            f"{catalogue} is written in a way that cannot be changed here ({error}); edit it by hand."
        ) from error
    if found != wanted or catalogue.read_text(encoding=HAND_WRITTEN) != before:
        raise CatalogueError(f"{catalogue} was changed by someone else at the same moment; nothing was written. Run again.")
    replace_text(catalogue, after)


def _ids(text: str) -> list[str]:
    return [str(table.get("id", "")) for table in tomllib.loads(text).get("document", [])]

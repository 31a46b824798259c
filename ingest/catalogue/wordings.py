"""Other ways in which people ask for what a section says: corpus/wordings/*.toml.

Comes in: the corpus folder. Goes out: wordings by document and section, put onto the pages that they belong to. They are searched
beside the section's own words and never quoted: they lead from the words that people use to the words of the law.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.records import Page
from ingest.catalogue.lexicon_files import places_of, read_tables
from ingest.errors import CorpusProblems

WORDINGS_FOLDER = "wordings"
TABLE = "wordings"

Paraphrases: TypeAlias = Mapping[tuple[str, str], tuple[str, ...]]
"""Document id and section heading to the ways in which people ask for it."""


class _WordingFields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    document: str = Field(min_length=1)
    section: str = Field(min_length=1)
    asked: list[str] = Field(min_length=1)


def read_wordings(corpus: Path) -> Paraphrases:
    """Return the wordings of ``corpus``; empty where it has none.

    Raises:
        CorpusProblems: entries that cannot be used, each with its file and line.
    """
    problems: list[str] = []
    wordings: dict[tuple[str, str], tuple[str, ...]] = {}
    for path in sorted((corpus / WORDINGS_FOLDER).glob("*.toml")):
        tables = read_tables(path, {TABLE}, problems).get(TABLE, [])
        for where, found in zip(places_of(path, TABLE, len(tables)), tables, strict=True):
            try:
                fields = _WordingFields.model_validate(found)
            except ValidationError as error:
                problems.extend(
                    f"{where}: {'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in error.errors()
                )
                continue
            key = (fields.document, fields.section)
            if key in wordings:
                problems.append(f"{where}: {fields.document!r}, {fields.section!r} has wordings already; put them together")
            wordings[key] = tuple(fields.asked)
    if problems:
        raise CorpusProblems(problems)
    return wordings


def with_paraphrases(document_id: str, pages: Sequence[Page], wordings: Paraphrases) -> list[Page]:
    """Return ``pages`` with the wordings of the sections that they are."""
    return [replace(page, asked=wordings.get((document_id, page.section[-1]), ())) if page.section else page for page in pages]

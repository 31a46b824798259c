"""Other ways in which people ask for what a section says: corpus/paraphrases/*.toml.

Comes in: the corpus folder. Goes out: paraphrases by document and section, put onto the pages that they belong to. They are searched
beside the section's own words and never quoted: they lead from the words that people use to the words of the law.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.records import Page
from ingest.catalogue.lexicon_files import places_of, read_tables
from ingest.errors import CorpusProblems

PARAPHRASES_FOLDER = "paraphrases"
TABLE = "paraphrases"
ONCE_CALLED = "wordings"  # folder and table, in a corpus that is older than their name

Paraphrases: TypeAlias = Mapping[tuple[str, str], tuple[str, ...]]
"""Document id and section heading to the ways in which people ask for it."""


class _ParaphraseFields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    document: str = Field(min_length=1)
    section: str = Field(min_length=1)
    asked: list[str] = Field(min_length=1)


def read_paraphrases(corpus: Path) -> Paraphrases:
    """Return the paraphrases of ``corpus``; empty where it has none.

    Raises:
        CorpusProblems: entries that cannot be used, each with its file and line.
    """
    problems = list(_once_called(corpus))
    paraphrases: dict[tuple[str, str], tuple[str, ...]] = {}
    for path in sorted((corpus / PARAPHRASES_FOLDER).glob("*.toml")):
        tables = read_tables(path, {TABLE}, problems).get(TABLE, [])
        for where, found in zip(places_of(path, TABLE, len(tables)), tables, strict=True):
            try:
                fields = _ParaphraseFields.model_validate(found)
            except ValidationError as error:
                problems.extend(
                    f"{where}: {'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in error.errors()
                )
                continue
            key = (fields.document, fields.section)
            if key in paraphrases:
                problems.append(f"{where}: {fields.document!r}, {fields.section!r} has paraphrases already; put them together")
            paraphrases[key] = tuple(fields.asked)
    if problems:
        raise CorpusProblems(problems)
    return paraphrases


def _once_called(corpus: Path) -> Iterator[str]:
    """Yield what is wrong where the folder has its old name: passed over, nothing in it would be searched, and nobody would know."""
    if (corpus / ONCE_CALLED).is_dir():
        yield (
            f"{corpus / ONCE_CALLED}: this folder is called {PARAPHRASES_FOLDER} now; rename it, and [[{ONCE_CALLED}]] in its files "
            f"to [[{TABLE}]]"
        )


def with_paraphrases(document_id: str, pages: Sequence[Page], paraphrases: Paraphrases) -> list[Page]:
    """Return ``pages`` with the paraphrases of the sections that they are."""
    return [
        replace(page, asked=paraphrases.get((document_id, page.section[-1]), ())) if page.section else page for page in pages
    ]

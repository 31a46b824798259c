"""What is known of each document and what was only guessed, and the words of a person about it.

Comes in: the corpus, what the live build noted of its files, and what a person says. Goes out: descriptions, and a changed catalogue.
Refuses to read files: what they say of themselves is handed in.

A title, a year or an author that the catalogue does not name is taken from the file (see ``readers/front_matter.py``). It is a guess
until a person has confirmed it; the catalogue's key ``guessed`` names the guesses that were written down when a document was added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.build.layout import live_build
from index.errors import BuildError
from index.records import Kind
from ingest.catalogue.catalogue import CATALOGUE_FILE, Entry, faults_of
from ingest.catalogue.corpus import Corpus, open_corpus
from ingest.catalogue.entries import append_entry
from ingest.catalogue.writer import change_entry
from ingest.errors import CorpusProblems, DocumentRefused
from ingest.plan import noted_readings
from ingest.readers.read_document import FileMetadata

GUESSABLE = ("title", "published", "authors")

Said = Mapping[str, FileMetadata]
"""What files say of themselves, by the id of their document."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of one document."""

    id: str
    title: str
    publisher: str
    published: str
    authors: str
    guessed: tuple[str, ...]  # keys of the catalogue whose values nobody has confirmed
    listed: bool  # whether the catalogue has an entry for it

    def json(self) -> dict[str, Any]:
        """Return the description as a JSON object."""
        return {
            "id": self.id,
            "title": self.title,
            "publisher": self.publisher,
            "published": self.published,
            "authors": self.authors,
            "guessed": list(self.guessed),
            "listed": self.listed,
        }


def said_of(builds: Path) -> dict[str, FileMetadata]:
    """Return what the files of the live build say of themselves; nothing where there is no build that can be used."""
    try:
        noted = noted_readings(live_build(builds))
    except BuildError:
        return {}
    return {document: FileMetadata(**reading["metadata"]) for document, reading in noted.items()}


def description_of(entry: Entry, said: FileMetadata) -> Description:
    """Return what is known of a document from its entry and from what its file says."""
    document = entry.document
    from_file = {"title": said.title or entry.path.stem, "published": said.published, "authors": said.authors}
    values = {key: getattr(document, key) for key in GUESSABLE}
    taken = [key for key in GUESSABLE if not values[key] and key not in entry.blank and from_file[key]]
    values |= {key: from_file[key] for key in taken}
    # Our own texts say what we wrote into their headers.
    guessed = (*entry.guessed, *taken) if document.kind is Kind.ORIGINAL else ()
    return Description(
        document.id,
        publisher=document.publisher,
        guessed=tuple(key for key in GUESSABLE if key in guessed and values[key]),
        listed=bool(entry.line),
        **values,
    )


def descriptions_of(corpus: Corpus, said: Said) -> list[Description]:
    """Return what is known of every document of the corpus, in its order."""
    return [description_of(entry, said.get(entry.document.id, FileMetadata())) for entry in (*corpus.entries, *corpus.missing)]


def describe(entry: Entry, said: FileMetadata, values: Mapping[str, str], confirm: bool, corpus: Path) -> None:
    """Write what a person says of a document into the catalogue; an empty value says that there is none.

    With ``confirm`` what was guessed and is not in ``values`` is right as well. A document without an entry gets one.

    Raises:
        CorpusProblems: the entry could not be used, a title is too long for instance; nothing was changed.
        CatalogueError: the catalogue cannot be changed here; nothing was changed.
    """
    known = description_of(entry, said)
    settled = {key: getattr(known, key) for key in known.guessed} | dict(values) if confirm else dict(values)
    left = [key for key in known.guessed if key not in settled and (key in entry.guessed or key == "title")]
    faults = faults_of(
        {"id": known.id, "title": known.title, "kind": entry.document.kind.value, "file": entry.path.name, **settled}
    )
    if faults:
        raise CorpusProblems(faults)
    catalogue = corpus / CATALOGUE_FILE
    if known.listed:
        change_entry(catalogue, known.id, {**settled, "guessed": left or None})
    else:
        _append(catalogue, corpus, entry, {"title": known.title, **settled}, left)


def keep_one(kept: str, others: Sequence[str], corpus: Path, said: Said | None = None) -> None:
    """Write into the catalogue that ``others`` are copies of ``kept``, so that they are left out.

    Raises:
        DocumentRefused: there is no such document, or the choice leads nowhere; nothing was changed.
        CatalogueError: the catalogue cannot be changed.
    """
    entries = _entries_of(corpus)
    _check_choice(kept, others, entries)
    _list_all([entries[name] for name in (kept, *others)], corpus, said or {})
    for name in others:
        change_entry(corpus / CATALOGUE_FILE, name, {"copy_of": kept})


def keep_both(first: str, second: str, corpus: Path, said: Said | None = None) -> None:
    """Write into the catalogue that ``second`` is another document than ``first``, which it looks like.

    Raises:
        DocumentRefused: there is no such document, they are one, or one of them is left out; nothing was changed.
        CatalogueError: the catalogue cannot be changed.
    """
    entries = _entries_of(corpus)
    _check_known((first, second), entries)
    if first == second:
        raise DocumentRefused(f"{first!r} is named twice; name two documents.")
    for name in (first, second):
        if entries[name].copy_of:
            raise DocumentRefused(f"{name!r} is left out as a copy of {entries[name].copy_of!r}; take its copy_of out first.")
    _list_all([entries[second]], corpus, said or {})
    differing = dict.fromkeys((*entries[second].differs_from, first))
    change_entry(corpus / CATALOGUE_FILE, second, {"differs_from": list(differing)})


def _entries_of(corpus: Path) -> dict[str, Entry]:
    opened = open_corpus(corpus)
    return {entry.document.id: entry for entry in (*opened.entries, *opened.missing)}


def _list_all(entries: Sequence[Entry], corpus: Path, said: Said) -> None:
    """Give an entry to each document that has none."""
    for entry in entries:
        if not entry.line:
            known = description_of(entry, said.get(entry.document.id, FileMetadata()))
            _append(corpus / CATALOGUE_FILE, corpus, entry, {"title": known.title}, ["title"])


def _append(catalogue: Path, corpus: Path, entry: Entry, values: Mapping[str, str], guessed: list[str]) -> None:
    table = {
        "id": entry.document.id,
        "title": "",
        "kind": entry.document.kind.value,
        "file": entry.path.relative_to(corpus).as_posix(),
        **{key: value for key, value in values.items() if value},
    }
    append_entry(catalogue, table | ({"guessed": guessed} if guessed else {}))
    blank = {key: value for key, value in values.items() if not value}
    if blank:
        change_entry(catalogue, entry.document.id, blank)


def _check_known(names: Sequence[str], entries: Mapping[str, Entry]) -> None:
    for name in names:
        if name not in entries:
            raise DocumentRefused(f"There is no document {name[:80]!r}. The documents are: {', '.join(entries)}.")


def _check_choice(kept: str, others: Sequence[str], entries: Mapping[str, Entry]) -> None:
    _check_known((kept, *others), entries)
    if kept in others:
        raise DocumentRefused(
            f"{kept!r} cannot be left out in favour of itself; name other documents than the one that is kept."
        )
    if entries[kept].copy_of:
        raise DocumentRefused(f"{kept!r} is left out itself, as a copy of {entries[kept].copy_of!r}; keep that one.")
    leading = [entry.document.id for entry in entries.values() if entry.copy_of in others]
    if leading:
        raise DocumentRefused(
            f"{', '.join(leading)} is left out in favour of what is to be left out now; take its copy_of out first."
        )

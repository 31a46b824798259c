"""What was guessed of a document is marked, and a person confirms or changes it in the catalogue."""

import tomllib

import pytest

from ingest.catalogue.corpus import open_corpus
from ingest.describing import describe, descriptions_of, said_of
from ingest.errors import CorpusProblems
from ingest.readers.read_document import FileMetadata
from tests.ingest.conftest import CATALOGUE

SAID = FileMetadata("Gulls of the chapel", "Ann Other", "2020")


def entry_of(corpus, name):
    """Return the entry of a document."""
    return next(entry for entry in open_corpus(corpus).entries if entry.document.id == name)


def known(corpus, name, said=SAID):
    """Return what is known of a document."""
    return next(one for one in descriptions_of(open_corpus(corpus), {name: said}) if one.id == name)


def listed(corpus, name):
    """Return the table of a document in the catalogue."""
    tables = tomllib.loads((corpus / "catalogue.toml").read_text())["document"]
    return next(table for table in tables if table["id"] == name)


@pytest.fixture
def gulls(corpus):
    """A file without an entry."""
    (corpus / "documents" / "gulls.md").write_text("# Gulls\n\nThe gulls nest on the roof of the chapel.\n")
    return corpus


def test_what_only_the_file_says_is_marked_as_guessed(gulls):
    """The catalogue's own words are not, nor what our own texts say of themselves."""
    found = known(gulls, "gulls")
    assert (found.title, found.published, found.guessed) == ("Gulls of the chapel", "2020", ("title", "published", "authors"))
    assert known(gulls, "boats").guessed == ("published", "authors")
    assert known(gulls, "bread").guessed == ()
    assert known(gulls, "gulls", FileMetadata()).title == "gulls"


def test_confirming_writes_an_entry_of_what_was_guessed(gulls):
    """Nothing is marked afterwards, and the rest of the catalogue stays as people wrote it."""
    describe(entry_of(gulls, "gulls"), SAID, {}, True, gulls)
    assert listed(gulls, "gulls") == {
        "id": "gulls",
        "title": "Gulls of the chapel",
        "kind": "original",
        "file": "documents/gulls.md",
        "published": "2020",
        "authors": "Ann Other",
    }
    assert (gulls / "catalogue.toml").read_text().startswith(CATALOGUE.rstrip("\n"))
    assert known(gulls, "gulls").guessed == ()


def test_one_value_is_changed_and_the_others_stay_guesses(gulls):
    """A title that the file gave stands in the catalogue, because an entry needs one, and is marked there."""
    describe(entry_of(gulls, "gulls"), SAID, {"published": "2019"}, False, gulls)
    assert (listed(gulls, "gulls")["published"], listed(gulls, "gulls")["guessed"]) == ("2019", ["title"])
    assert known(gulls, "gulls").guessed == ("title", "authors")
    describe(entry_of(gulls, "gulls"), SAID, {"title": "Gulls"}, True, gulls)
    assert (known(gulls, "gulls").title, known(gulls, "gulls").guessed, "guessed" in listed(gulls, "gulls")) == (
        "Gulls",
        (),
        False,
    )


def test_an_empty_value_says_that_there_is_none(gulls):
    """A wrong guess does not come back with the next build; comments of the entry stay."""
    describe(entry_of(gulls, "boats"), SAID, {"authors": "", "published": "1999"}, False, gulls)
    assert (known(gulls, "boats").authors, known(gulls, "boats").published, known(gulls, "boats").guessed) == ("", "1999", ())
    text = (gulls / "catalogue.toml").read_text()
    assert 'file = "documents/boats.md"\nauthors = ""\npublished = "1999"\n\n# The end.\n' in text


def test_a_build_takes_over_what_was_said_and_notes_what_files_say(workshop):
    """What the live build noted is what is shown; what a person emptied stays empty."""
    workshop.write(
        "documents/gulls.md", '+++\ntitle = "Gulls"\npublished = "2020"\n+++\n\nThe gulls nest on the roof of the chapel.\n'
    )
    workshop.build()
    assert said_of(workshop.builds)["gulls"].published == "2020"
    describe(
        entry_of(workshop.corpus, "gulls"), FileMetadata("Gulls", published="2020"), {"published": ""}, True, workshop.corpus
    )
    outcome = workshop.build()
    assert outcome.build
    assert known(workshop.corpus, "gulls", said_of(workshop.builds)["gulls"]).published == ""


def test_a_title_that_is_too_long_is_refused(gulls):
    """Nothing is written."""
    with pytest.raises(CorpusProblems, match="title"):
        describe(entry_of(gulls, "gulls"), SAID, {"title": "x" * 251}, False, gulls)
    assert (gulls / "catalogue.toml").read_text() == CATALOGUE

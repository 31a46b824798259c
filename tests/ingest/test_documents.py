"""Put documents into the corpus and take them out."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from ingest.catalogue.catalogue import read_catalogue
from ingest.catalogue.corpus import open_corpus
from ingest.describing import keep_one
from ingest.documents import Details, add_document, remove_document
from ingest.errors import CorpusProblems, DocumentRefused, FetchRefused
from ingest.fetch.network import PublicNetwork
from ingest.readers.read_document import FileLimits, ReadingOptions
from tests.ingest.conftest import BOATS, CATALOGUE

GULLS = "# Gulls\n\nThe gulls nest on the roof of the chapel.\n"


def add(source, corpus, options=None, **said: Any):
    """Add ``source`` without asking anybody."""
    return add_document(
        str(source), Details(**said), corpus, PublicNetwork(), options or ReadingOptions(ocr=False), lambda one: one
    )


def test_a_file_comes_in_with_an_entry_and_the_rest_stays_as_written(corpus, tmp_path):
    """Comments, order and spacing of the catalogue survive."""
    (tmp_path / "gulls.md").write_text(GULLS)
    added = add(tmp_path / "gulls.md", corpus, title="About “gulls” \\ and\nterns", publisher="The Chapel", published="2020")
    text = (corpus / "catalogue.toml").read_text()
    assert text.startswith(CATALOGUE.rstrip("\n"))
    assert tomllib.loads(text)["document"][2] == {
        "id": "about-gulls-and-terns",
        "title": "About “gulls” \\ and terns",
        "kind": "original",
        "file": "documents/about-gulls-and-terns.md",
        "publisher": "The Chapel",
        "published": "2020",
    }
    assert added.path.read_text() == GULLS
    assert [entry.document.id for entry in open_corpus(corpus).entries] == ["bread", "boats", added.id]


def test_a_file_that_lies_there_already_only_gets_its_entry(corpus):
    """Dropping a file in and cataloguing it later ends in one file."""
    path = corpus / "documents" / "gulls.md"
    path.write_text(GULLS)
    assert add(path, corpus, title="Gulls").path == path
    assert open_corpus(corpus).warnings == ()


def test_the_file_of_a_listed_original_goes_where_the_catalogue_expects_it(corpus, tmp_path):
    """The eight guides are listed and their files are not shipped."""
    (corpus / "documents" / "boats.md").rename(tmp_path / "downloaded.md")
    added = add(tmp_path / "downloaded.md", corpus, id="boats")
    assert added.path == corpus / "documents" / "boats.md"
    assert (corpus / "catalogue.toml").read_text() == CATALOGUE


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("copy.md", BOATS.encode(), "same file as 'boats'"),
        (
            "program.exe",
            b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(range(256)) * 4,
            "cannot be read|no text",
        ),
        ("empty.md", b"", "the file is empty"),
        ("broken.pdf", b"%PDF-1.7\nnothing", "cannot be read"),
        ("large.md", b"# Large\n\n" + b"words " * 4000, "at most"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_changes(corpus, tmp_path, name, content, said):
    """A duplicate, a program, an empty, a damaged and a huge file."""
    (tmp_path / name).write_bytes(content)
    before = sorted(path.name for path in corpus.rglob("*"))
    with pytest.raises(DocumentRefused, match=said):
        add(tmp_path / name, corpus, ReadingOptions(ocr=False, limits=FileLimits(most_bytes=20_000)))
    assert sorted(path.name for path in corpus.rglob("*")) == before
    assert (corpus / "catalogue.toml").read_text() == CATALOGUE


def test_a_file_that_is_not_there_and_a_taken_id_are_named(corpus, tmp_path):
    """The message says what to type instead."""
    with pytest.raises(DocumentRefused, match="There is no file"):
        add(tmp_path / "nothing.md", corpus)
    (tmp_path / "gulls.md").write_text(GULLS)
    with pytest.raises(DocumentRefused, match="'bread' is taken"):
        add(tmp_path / "gulls.md", corpus, id="bread")
    with pytest.raises(CorpusProblems, match="id"):
        add(tmp_path / "gulls.md", corpus, id="No Slug!")
    assert not (corpus / "documents" / "No Slug!.md").exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x.pdf",
        "https://localhost/x.pdf",
        "https://169.254.169.254/latest",
        "http://example.org/x.pdf",
        "ftp://x/y",
    ],
)
def test_local_and_plain_addresses_are_refused(corpus, url):
    """An address never leads into the house."""
    with pytest.raises(FetchRefused):
        add(url, corpus)
    assert (corpus / "catalogue.toml").read_text() == CATALOGUE


def test_a_document_goes_out_and_the_comments_stay(corpus):
    """The file is set aside, not destroyed."""
    aside = remove_document("boats", corpus)
    assert aside is not None
    assert aside.read_text() == BOATS
    text = (corpus / "catalogue.toml").read_text()
    assert "# The sea" in text
    assert "# The end." in text
    assert 'id = "bread"  # kept as people wrote it' in text
    assert [entry.document.id for entry in open_corpus(corpus).entries] == ["bread"]


def test_our_own_texts_stay_where_they_are(corpus):
    """Only files below documents/ are moved."""
    assert remove_document("bread", corpus) is None
    assert (corpus / "bread.md").is_file()
    assert [entry.document.id for entry in read_catalogue(corpus)] == ["boats"]


def test_an_unknown_id_and_one_that_others_are_about_are_refused(corpus):
    """Nothing is left pointing into the void."""
    with pytest.raises(DocumentRefused, match="The documents are: bread, boats"):
        remove_document("nothing", corpus)
    text = (corpus / "catalogue.toml").read_text().replace('file = "bread.md"', 'file = "bread.md"\nabout = "boats"')
    (corpus / "catalogue.toml").write_text(text)
    with pytest.raises(DocumentRefused, match="bread is about 'boats'"):
        remove_document("boats", corpus)


def test_a_document_without_an_entry_goes_by_its_id(corpus):
    """What was only dropped in can be taken out the same way."""
    (corpus / "documents" / "gulls.md").write_text(GULLS)
    assert remove_document("gulls", corpus) == corpus / "documents" / ".removed" / "gulls.md"
    assert open_corpus(corpus).warnings == ()


def test_what_was_left_out_in_favour_of_a_document_comes_back_when_that_one_goes(corpus):
    """A catalogue whose entry names a document that is gone could not be read by any command."""
    (corpus / "documents" / "ships.md").write_text(BOATS.replace("boat", "ship"))
    keep_one("boats", ["ships"], corpus)
    remove_document("boats", corpus)
    assert [(entry.document.id, entry.copy_of) for entry in read_catalogue(corpus)] == [("bread", ""), ("ships", "")]


@pytest.mark.parametrize("failing", ["ingest.documents.remove_entry", "pathlib.Path.rename"])
def test_a_document_that_cannot_go_altogether_stays_altogether(corpus, monkeypatch, failing):
    """A file whose entry is gone would be read on, under a name that was guessed."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(failing, full)
        with pytest.raises(OSError, match="No space left"):
            remove_document("boats", corpus)
    assert (corpus / "documents" / "boats.md").read_text() == BOATS
    assert (corpus / "catalogue.toml").read_text() == CATALOGUE


def test_adding_then_removing_gives_the_catalogue_back(corpus, tmp_path):
    """To the byte, but for the line breaks at its end."""
    (tmp_path / "gulls.md").write_text(GULLS)
    added = add(tmp_path / "gulls.md", corpus, title="Gulls")
    remove_document(added.id, corpus)
    assert (corpus / "catalogue.toml").read_text().rstrip("\n") == CATALOGUE.rstrip("\n")


def test_what_was_taken_from_the_file_is_noted_as_guessed_until_a_person_has_seen_it(corpus, tmp_path):
    """An entry needs a title; that nobody chose it is written beside it."""
    (tmp_path / "gulls.md").write_text(GULLS)
    added = add(tmp_path / "gulls.md", corpus, publisher="The Chapel")
    table = tomllib.loads((corpus / "catalogue.toml").read_text())["document"][2]
    assert (table["title"], table["guessed"]) == ("Gulls", ["title"])
    assert next(entry for entry in read_catalogue(corpus) if entry.document.id == added.id).guessed == ("title",)
    (tmp_path / "terns.md").write_text(GULLS.replace("ulls", "erns"))
    seen = lambda details: replace(details, guessed=())  # noqa: E731
    add_document(str(tmp_path / "terns.md"), Details(), corpus, PublicNetwork(), ReadingOptions(ocr=False), seen)
    assert "guessed" not in tomllib.loads((corpus / "catalogue.toml").read_text())["document"][3]

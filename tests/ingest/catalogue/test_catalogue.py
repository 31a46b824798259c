"""What can be wrong with a catalogue, and what each says."""

import pytest

from index.errors import CatalogueError
from ingest.catalogue.catalogue import read_catalogue
from ingest.catalogue.corpus import open_corpus
from ingest.catalogue.entries import append_entry
from ingest.catalogue.writer import record_digest
from ingest.errors import CorpusProblems


def test_an_unknown_key_is_named_with_its_line(corpus):
    """A misspelt key is never ignored in silence."""
    text = (corpus / "catalogue.toml").read_text().replace('title = "Bread"', 'titel = "Bread"')
    (corpus / "catalogue.toml").write_text(text)
    with pytest.raises(CorpusProblems) as raised:
        read_catalogue(corpus)
    assert any(":3: entry 'bread' has the unknown key 'titel'" in problem for problem in raised.value.problems)


def test_a_duplicate_id_names_both_lines(corpus):
    """Two entries of one id would overwrite each other."""
    text = (corpus / "catalogue.toml").read_text().replace('id = "boats"', 'id = "bread"')
    (corpus / "catalogue.toml").write_text(text)
    with pytest.raises(CorpusProblems, match="already used in line 3"):
        read_catalogue(corpus)


def test_a_missing_file_of_our_own_is_a_problem_and_a_missing_original_is_not(corpus):
    """Originals are other people's texts and may be absent; our own may not."""
    (corpus / "documents" / "boats.md").unlink()
    assert [entry.document.id for entry in open_corpus(corpus).missing] == ["boats"]
    (corpus / "bread.md").unlink()
    with pytest.raises(CorpusProblems, match="'bread' is missing"):
        read_catalogue(corpus)


@pytest.mark.parametrize("text", ["[[document", 'title = "x"\n', "\x00\x01", "document = 3\n", '[document]\nid = "x"\n'])
def test_nonsense_is_refused_with_a_sentence(corpus, text):
    """Whatever a hand has made of the file, the message names it."""
    (corpus / "catalogue.toml").write_text(text)
    with pytest.raises(CatalogueError, match=r"catalogue\.toml"):
        read_catalogue(corpus)


def test_no_catalogue_says_how_to_name_the_folder(tmp_path):
    """The first run of a newcomer in the wrong folder."""
    with pytest.raises(CatalogueError, match="--corpus"):
        read_catalogue(tmp_path)


def test_a_file_without_an_entry_is_read_with_a_warning(corpus):
    """A maintainer may drop a file in and catalogue it later."""
    (corpus / "documents" / "New Guide.md").write_text("# A new guide\n\nIt says something new.\n")
    opened = open_corpus(corpus)
    assert [entry.document.id for entry in opened.entries] == ["bread", "boats", "new-guide"]
    assert any("'New Guide.md' has no entry" in warning for warning in opened.warnings)


@pytest.mark.parametrize("name", [".hidden.md", "half.md.part", "half.crdownload", ".removed/old.md"])
def test_hidden_files_and_half_downloads_are_not_documents(corpus, name):
    """What a browser is still writing, and what was set aside, is left alone."""
    path = corpus / "documents" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("# Half\n\nA half.\n")
    assert [entry.document.id for entry in open_corpus(corpus).entries] == ["bread", "boats"]


def test_a_file_outside_the_corpus_is_refused(corpus):
    """An entry cannot lead out of the folder."""
    text = (corpus / "catalogue.toml").read_text().replace("documents/boats.md", "../boats.md")
    (corpus / "catalogue.toml").write_text(text)
    with pytest.raises(CorpusProblems, match="outside the corpus folder"):
        read_catalogue(corpus)


def test_a_corpus_that_was_saved_by_an_editor_of_windows_is_read_and_changed_as_any(corpus):
    """Such editors put a mark before the text, which nobody sees: "line 1, column 1" would lead nowhere."""
    (corpus / "site.toml").write_text('heading = "Ask the bakers"\n')
    wanted = open_corpus(corpus)
    for path in corpus.glob("*.toml"):
        path.write_text(path.read_text(), encoding="utf-8-sig", newline="\r\n")
    assert open_corpus(corpus) == wanted
    record_digest(corpus / "catalogue.toml", "boats", "0" * 64)
    append_entry(
        corpus / "catalogue.toml", {"id": "gulls", "title": "Gulls", "kind": "original", "file": "documents/gulls.md"}
    )
    assert [(entry.document.id, entry.document.sha256[:1]) for entry in read_catalogue(corpus)] == [
        ("bread", ""),
        ("boats", "0"),
        ("gulls", ""),
    ]

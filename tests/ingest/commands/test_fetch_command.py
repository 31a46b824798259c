"""``localism-ingest fetch``: which entries are fetched, what is recorded, and what a person reads."""

import hashlib
import http.client
import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typing_extensions import override

from index.errors import CatalogueError
from ingest.catalogue.catalogue import read_catalogue
from ingest.commands.fetch import fetch_all
from ingest.errors import FetchRefused

GUIDE = b"%PDF-1.4 a guide"
CATALOGUE = """# Three guides

[[document]]
id = "here"
title = "Here"
kind = "original"
file = "documents/here.pdf"
fetch = "https://guides.example/here.pdf"

# the second

[[document]]
id = "gone"
title = "Gone"
kind = "original"
file = "documents/gone.pdf"
fetch = "https://nowhere.example/gone.pdf"

[[document]]
id = "by-hand"
title = "By hand"
kind = "original"
file = "documents/by-hand.pdf"
"""


class _Answer(io.BytesIO):
    status, reason = 200, "OK"

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.length = len(content)

    def getheader(self, name: str) -> str | None:
        return {"Content-Type": "application/pdf"}.get(name)

    @override
    def read1(self, size: int = -1) -> bytes:  # type: ignore[override]  # the double needs no None
        block = super().read1(size)
        self.length -= len(block)
        return block


class _Connection(http.client.HTTPConnection):
    @override
    def request(self, *arguments: object, **more: object) -> None:
        pass

    @override
    def getresponse(self) -> _Answer:  # type: ignore[override]  # the double has what is used of a response
        return _Answer(GUIDE)


class _OneHost:
    """A network in which one host is known."""

    def connect(self, host: str, timeout: float) -> http.client.HTTPConnection:
        if host != "guides.example":
            raise FetchRefused(f"{host} cannot be found.")
        return _Connection(host)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of three originals, none of them there."""
    (tmp_path / "catalogue.toml").write_text(CATALOGUE)
    return tmp_path


@pytest.fixture
def heard() -> Console:
    """A console that keeps what it is told."""
    return Console(file=io.StringIO(), width=200)


def test_all_with_an_address_are_fetched_and_one_failure_is_told(corpus, heard):
    """The rest is fetched all the same; the exit code says that something is missing."""
    assert fetch_all(corpus, [], _OneHost(), heard) == 1
    assert (corpus / "documents" / "here.pdf").read_bytes() == GUIDE
    told = heard.file.getvalue()
    assert "here: fetched" in told
    assert "gone: nowhere.example cannot be found." in told
    assert "by-hand" not in told


def test_the_hash_is_recorded_and_the_catalogue_keeps_its_comments(corpus, heard):
    """What is downloaded next must be the same file."""
    assert fetch_all(corpus, ["here"], _OneHost(), heard) == 0
    digest = hashlib.sha256(GUIDE).hexdigest()
    wanted = CATALOGUE.replace('here.pdf"\n\n#', f'here.pdf"\nsha256 = "{digest}"\n\n#')
    assert (corpus / "catalogue.toml").read_text() == wanted
    assert next(entry for entry in read_catalogue(corpus) if entry.document.id == "here").document.sha256 == digest


def test_a_file_that_is_there_is_left_and_its_mismatch_is_told(corpus, heard):
    """Another file than the catalogue expects is named with both hashes, not replaced."""
    fetch_all(corpus, ["here"], _OneHost(), heard)
    (corpus / "documents" / "here.pdf").write_bytes(b"mine")
    assert fetch_all(corpus, ["here"], _OneHost(), heard) == 1
    assert (corpus / "documents" / "here.pdf").read_bytes() == b"mine"
    assert "is left as it is" in heard.file.getvalue()


def test_an_entry_without_an_address_says_to_put_it_there_by_hand(corpus, heard):
    """Asked for by name it is a problem; among all it is passed over."""
    assert fetch_all(corpus, ["by-hand"], _OneHost(), heard) == 1
    assert "by hand" in heard.file.getvalue()


def test_an_unknown_id_is_named_with_those_that_are_known(corpus, heard):
    """Nothing is fetched."""
    with pytest.raises(CatalogueError, match="'elsewhere'; known are here, gone, by-hand"):
        fetch_all(corpus, ["here", "elsewhere"], _OneHost(), heard)
    assert not (corpus / "documents").exists()


def test_json_is_one_object(corpus, heard, capsys):
    """For programs."""
    fetch_all(corpus, ["here"], _OneHost(), heard, as_json=True)
    documents = json.loads(capsys.readouterr().out)["documents"]
    assert [(document["id"], document["downloaded"], document["problem"]) for document in documents] == [("here", True, "")]

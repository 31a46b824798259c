"""Fetching originals, against a server on this machine: whole, resumed, refused, and never over a file that is there."""

import hashlib
import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from index.records import Document, Kind
from ingest.catalogue.catalogue import Entry
from ingest.documents import Added, Details, add_document
from ingest.errors import FetchRefused
from ingest.fetch.fetching import Limits, fetch
from ingest.readers.read_document import ReadingOptions
from ingest.readers.registry import format_named
from tests.conftest import PLAYGROUND, make_pdf
from tests.serving import served

GUIDE = b"%PDF-1.7\n" + bytes(range(256)) * 1200


@dataclass
class Guides:
    """What the server holds and how it misbehaves; every request is kept."""

    content: bytes = GUIDE
    kind: str = "application/pdf"
    tag: str = '"v1"'
    status: int = 200
    stop_after: int | None = None  # bytes of the answer, then the line goes dead
    moved: dict[str, str] = field(default_factory=dict)
    packed: bool = False
    whole_instead: bool = False  # ignores Range
    wrong_part: bool = False
    requests: list[Message] = field(default_factory=list)
    port: int = 0

    def connect(self, host: str, timeout: float) -> http.client.HTTPConnection:
        """Stand in for the internet: every name leads to this server, without TLS."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)


class _Handler(BaseHTTPRequestHandler):
    guides: Guides

    def do_GET(self) -> None:
        self.guides.requests.append(self.headers)
        if self.path in self.guides.moved:
            self._answer(302, {"Location": self.guides.moved[self.path]}, b"")
        elif start := self._start():
            said = start + self.guides.wrong_part
            self._answer(206, {"Content-Range": f"bytes {said}-{len(self.guides.content) - 1}/*"}, self.guides.content[start:])
        else:
            self._answer(self.guides.status, {}, self.guides.content)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        said = {"Content-Type": self.guides.kind, "Content-Length": str(len(body)), "ETag": self.guides.tag}
        packed = {"Content-Encoding": "gzip"} if self.guides.packed else {}
        self.send_response(status)
        for name, value in (said | packed | headers).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: self.guides.stop_after])
        self.close_connection = True

    def _start(self) -> int:
        wanted = self.headers.get("Range")
        if not wanted or self.guides.whole_instead or self.headers.get("If-Range") != self.guides.tag:
            return 0
        return int(wanted.removeprefix("bytes=").rstrip("-"))

    @override
    def log_message(self, format: str, *args: object) -> None:  # the base class names it so
        """Say nothing."""


@pytest.fixture
def guides() -> Iterator[Guides]:
    """A server of guides on this machine."""
    state = Guides()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"guides": state}))
    state.port = server.server_address[1]
    with served(server):
        yield state


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    """An original that is not there yet."""
    return _entry(tmp_path / "documents" / "guide.pdf")


def _entry(path: Path, sha256: str = "", address: str = "https://guides.example/guide.pdf") -> Entry:
    return Entry(Document("guide", "Guide", Kind.ORIGINAL, sha256=sha256), path, path.is_file(), address)


def test_a_guide_is_fetched_whole_and_its_hash_is_returned(guides: Guides, entry: Entry) -> None:
    """The file is byte for byte the server's, and nothing else is left in the folder."""
    fetched = fetch(entry, guides)
    assert entry.path.read_bytes() == GUIDE
    assert (fetched.sha256, fetched.downloaded) == (hashlib.sha256(GUIDE).hexdigest(), True)
    assert [path.name for path in entry.path.parent.iterdir()] == ["guide.pdf"]


def test_a_file_that_is_there_is_never_replaced(guides: Guides, entry: Entry) -> None:
    """The server is not even asked."""
    entry.path.parent.mkdir()
    entry.path.write_bytes(b"mine")
    fetched = fetch(entry, guides)
    assert (entry.path.read_bytes(), fetched.downloaded, guides.requests) == (b"mine", False, [])
    assert fetched.sha256 == hashlib.sha256(b"mine").hexdigest()


def test_a_file_that_comes_while_another_is_fetched_stays(guides: Guides, entry: Entry) -> None:
    """Giving the download its name fails where the name is taken."""

    def come(*_: object) -> None:
        entry.path.write_bytes(b"mine")

    with pytest.raises(FetchRefused, match="left as it is"):
        fetch(entry, guides, arrived=come)
    assert entry.path.read_bytes() == b"mine"


def test_a_broken_download_goes_on_where_it_stopped(guides: Guides, entry: Entry) -> None:
    """The second run asks for the rest of the same version only."""
    guides.stop_after = 100_000
    with pytest.raises(FetchRefused, match="broke off"):
        fetch(entry, guides)
    assert not entry.path.exists()
    guides.stop_after = None
    assert fetch(entry, guides).sha256 == hashlib.sha256(GUIDE).hexdigest()
    assert guides.requests[-1]["Range"] == "bytes=100000-"
    assert guides.requests[-1]["If-Range"] == '"v1"'


def test_two_versions_are_never_joined(guides: Guides, entry: Entry) -> None:
    """A file that changed on the server in between is fetched from its beginning."""
    guides.stop_after = 100_000
    with pytest.raises(FetchRefused):
        fetch(entry, guides)
    guides.stop_after, guides.tag, guides.content = None, '"v2"', b"%PDF-2.0\n" + bytes(200_000)
    fetch(entry, guides)
    assert entry.path.read_bytes() == guides.content


@pytest.mark.parametrize("tag", ["", 'W/"v1"'])
def test_without_a_mark_of_the_version_a_download_begins_again(guides: Guides, entry: Entry, tag: str) -> None:
    """A weak mark does not say that the bytes are equal, so it does not count."""
    guides.stop_after, guides.tag = 100_000, tag
    with pytest.raises(FetchRefused):
        fetch(entry, guides)
    guides.stop_after = None
    fetch(entry, guides)
    assert guides.requests[-1]["Range"] is None
    assert entry.path.read_bytes() == GUIDE


def test_a_server_that_sends_another_part_is_not_believed(guides: Guides, entry: Entry) -> None:
    """A part that begins elsewhere would make a file that nobody wrote."""
    guides.stop_after = 100_000
    with pytest.raises(FetchRefused):
        fetch(entry, guides)
    guides.stop_after, guides.wrong_part = None, True
    with pytest.raises(FetchRefused, match="another part"):
        fetch(entry, guides)
    assert not entry.path.exists()


def test_a_file_that_is_too_large_is_refused_by_what_the_server_says(guides: Guides, entry: Entry) -> None:
    """Not a byte of it is kept."""
    with pytest.raises(FetchRefused, match="at most 1,000"):
        fetch(entry, guides, Limits(size=1000))
    assert list(entry.path.parent.iterdir()) == []


def test_a_download_that_takes_too_long_breaks_off(guides: Guides, entry: Entry) -> None:
    """The limit is for the whole file, so a server that drips bytes cannot hold the command up; the socket or we may notice first."""
    with pytest.raises(FetchRefused, match=r"broke off \((it took longer than|timed out)"):
        fetch(entry, guides, Limits(seconds=1e-9, wait=5))


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "image/png", ""])
def test_what_is_not_called_a_pdf_is_refused(guides: Guides, entry: Entry, kind: str) -> None:
    """An error page with status 200 is the usual case."""
    guides.kind = kind
    with pytest.raises(FetchRefused, match="application/pdf"):
        fetch(entry, guides)


@pytest.mark.parametrize("kind", ["application/pdf", "application/octet-stream"])
def test_what_is_called_a_pdf_and_is_none_is_refused(guides: Guides, entry: Entry, kind: str) -> None:
    """The beginning of the file decides."""
    guides.content, guides.kind = b"<html>Please log in</html>", kind
    with pytest.raises(FetchRefused, match=r"not a \.pdf file"):
        fetch(entry, guides)
    assert list(entry.path.parent.iterdir()) == []


def test_a_file_that_is_not_the_expected_one_is_refused(guides: Guides, tmp_path: Path) -> None:
    """Both hashes are named, and nothing is kept."""
    wanted = "0" * 64
    with pytest.raises(FetchRefused, match=f"{hashlib.sha256(GUIDE).hexdigest()}, wanted {wanted}"):
        fetch(_entry(tmp_path / "guide.pdf", sha256=wanted), guides)
    assert list(tmp_path.iterdir()) == []


def test_a_moved_guide_is_followed(guides: Guides, entry: Entry) -> None:
    """Relative and whole addresses are followed, each checked like the first."""
    guides.moved = {"/guide.pdf": "/new/guide.pdf", "/new/guide.pdf": "https://other.example/final.pdf"}
    fetch(entry, guides)
    assert entry.path.read_bytes() == GUIDE


def test_a_move_to_plain_http_is_refused(guides: Guides, entry: Entry) -> None:
    """A redirect gives no leave that the catalogue does not give."""
    guides.moved = {"/guide.pdf": "http://guides.example/guide.pdf"}
    with pytest.raises(FetchRefused, match="only https"):
        fetch(entry, guides)


def test_going_round_in_circles_ends(guides: Guides, entry: Entry) -> None:
    """Six requests at most."""
    guides.moved = {"/guide.pdf": "/guide.pdf"}
    with pytest.raises(FetchRefused, match="more than 5 times"):
        fetch(entry, guides)
    assert len(guides.requests) == 6


def test_a_guide_that_is_gone_is_said_to_be_gone(guides: Guides, entry: Entry) -> None:
    """The status is in the message."""
    guides.status = 404
    with pytest.raises(FetchRefused, match="404"):
        fetch(entry, guides)


def test_a_server_in_trouble_costs_nothing_that_has_arrived(guides: Guides, entry: Entry) -> None:
    """A 503 is a reason to try again, not to begin again."""
    guides.stop_after = 100_000
    with pytest.raises(FetchRefused):
        fetch(entry, guides)
    guides.stop_after, guides.status, guides.whole_instead = None, 503, True
    with pytest.raises(FetchRefused, match="503"):
        fetch(entry, guides)
    guides.status, guides.whole_instead = 200, False
    fetch(entry, guides)
    assert guides.requests[-1]["Range"] == "bytes=100000-"


def test_a_packed_answer_is_refused(guides: Guides, entry: Entry) -> None:
    """It was asked for unpacked; unpacking could make it any size."""
    guides.packed = True
    with pytest.raises(FetchRefused, match="packed"):
        fetch(entry, guides)


def test_an_entry_without_an_address_says_what_to_do(tmp_path: Path, guides: Guides) -> None:
    """The file can be put there by hand."""
    with pytest.raises(FetchRefused, match="by hand"):
        fetch(_entry(tmp_path / "guide.pdf", address=""), guides)


def test_adding_an_address_goes_on_where_the_line_broke(guides: Guides, corpus: Path, tmp_path: Path) -> None:
    """On a bad connection the second try fetches the rest only, and nothing of the way is left behind."""
    make_pdf(tmp_path / "playground.pdf", PLAYGROUND)
    guides.content, guides.stop_after = (tmp_path / "playground.pdf").read_bytes(), 500
    (corpus / "documents" / ".adding-left-by-a-kill").mkdir()

    def add() -> Added:
        options = ReadingOptions(ocr=False)
        return add_document(
            "https://guides.example/guide.pdf", Details(title="Guide"), corpus, guides, options, lambda details: details
        )

    with pytest.raises(FetchRefused, match="broke off"):
        add()
    guides.stop_after = None
    assert add().path.read_bytes() == guides.content
    assert guides.requests[-1]["Range"] == "bytes=500-"
    assert sorted(path.name for path in (corpus / "documents").iterdir()) == ["boats.md", "guide.pdf"]


def _add_from(guides: Guides, corpus: Path, name: str) -> Added:
    """Add what the server holds by an address that ends in ``name``."""
    known = format_named(name)
    assert known is not None
    guides.content, guides.kind = b"Hall,Rate\nMain hall,24\n", known.media_type
    options, details = ReadingOptions(ocr=False), Details(id="new", title="New")
    return add_document(f"https://guides.example/{name}", details, corpus, guides, options, lambda said: said)


@pytest.mark.parametrize("name", ["fees.csv", "note.eml", "note.markdown"])
def test_every_format_that_is_read_keeps_its_ending_when_it_comes_by_address(guides: Guides, corpus: Path, name: str) -> None:
    """What readers declare is what a download is named by."""
    assert _add_from(guides, corpus, name).path.name == f"new{Path(name).suffix}"


def test_a_presentation_by_address_is_taken_for_one(guides: Guides, corpus: Path) -> None:
    """Once it was saved as "talk.pptx.html"; now its first bytes are looked at."""
    with pytest.raises(FetchRefused, match=r"is not a \.pptx file"):
        _add_from(guides, corpus, "talk.pptx")

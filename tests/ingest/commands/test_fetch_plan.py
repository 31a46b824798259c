"""``fetch --all``: sizes first, then the question; after an interruption only what is missing. Against a server on this machine."""

import http.client
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.console import Console
from typing_extensions import override

from ingest.catalogue.catalogue import read_catalogue
from ingest.commands.fetch import agreed, fetch_all, wanted_of
from ingest.fetch.network import announced_size
from tests.serving import served

ACT = b"%PDF-1.7 an Act" + b"." * 1_499_985
CATALOGUE = "".join(
    f"""[[document]]
id = "{name}"
title = "{name}"
kind = "original"
file = "documents/{name}.pdf"
fetch = "https://law.example/{name}.pdf"
"""
    for name in ("first", "second", "third")
)


@dataclass
class Law:
    """What the server holds and how it misbehaves; every request is kept."""

    moved: dict[str, str] = field(default_factory=dict)
    silent: bool = False  # says no size
    unreached: bool = False
    broken: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def connect(self, host: str, timeout: float) -> http.client.HTTPConnection:
        """Stand in for the internet: every name leads to this server, without TLS."""
        self.connections += 1
        if self.unreached:
            raise OSError("no route")
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)


class _Handler(BaseHTTPRequestHandler):
    law: Law

    def do_HEAD(self) -> None:
        self._begin()

    def do_GET(self) -> None:
        if self._begin():
            self.wfile.write(ACT)

    def _begin(self) -> bool:
        self.law.requests.append(f"{self.command} {self.path}")
        if self.path in self.law.moved:
            self.send_response(302)
            self.send_header("Location", self.law.moved[self.path])
            self.end_headers()
            return False
        status = 404 if self.path in self.law.broken else 200
        self.send_response(status)
        self.send_header("Content-Type", "application/pdf")
        if not self.law.silent:
            self.send_header("Content-Length", str(len(ACT)))
        self.end_headers()
        self.close_connection = True
        return status == 200

    @override
    def log_message(self, format: str, *args: object) -> None:  # the base class names it so
        """Say nothing."""


@pytest.fixture
def law() -> Iterator[Law]:
    """A server of Acts on a port of its own."""
    held = Law()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"law": held}))
    held.port = server.server_address[1]
    with served(server):
        yield held


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of three Acts, none of them there."""
    (tmp_path / "catalogue.toml").write_text(CATALOGUE)
    return tmp_path


@pytest.fixture
def heard() -> Console:
    """A console that keeps what it is told."""
    return Console(file=io.StringIO(), width=200)


def test_sizes_are_said_before_the_question(law, corpus, heard):
    """Each file with its size, the sum of all, and nothing but HEAD went to the server."""
    assert agreed(wanted_of(read_catalogue(corpus), law), heard, lambda: "yes\n")
    told = heard.file.getvalue()
    assert "first: 1.5 MB, https://law.example/first.pdf" in told
    assert "3 files to download: 4.5 MB in 3 of them." in told
    assert {request.split()[0] for request in law.requests} == {"HEAD"}


@pytest.mark.parametrize("typed", ["n\n", "\n", "", "perhaps\n"])
def test_anything_but_yes_is_no(law, corpus, heard, typed):
    """An empty line and nobody at the terminal are no as well."""
    assert not agreed(wanted_of(read_catalogue(corpus), law), heard, lambda: typed)


def test_who_said_yes_beforehand_is_told_and_not_asked(law, corpus, heard):
    """With --yes the sizes are said, and no question is."""
    assert agreed(wanted_of(read_catalogue(corpus), law), heard, None)
    assert "4.5 MB" in heard.file.getvalue()
    assert "y or n" not in heard.file.getvalue()


def test_what_is_there_is_neither_asked_for_nor_fetched_again(law, corpus, heard):
    """After an interruption only the missing files are counted and downloaded; one that fails does not stop the others."""
    law.broken = {"/second.pdf"}
    assert fetch_all(corpus, [], law, heard) == 1
    assert (corpus / "documents" / "third.pdf").read_bytes() == ACT
    law.broken, law.requests = set(), []
    assert [one.entry.document.id for one in wanted_of(read_catalogue(corpus), law)] == ["second"]
    assert fetch_all(corpus, [], law, heard) == 0
    assert law.requests == ["HEAD /second.pdf", "GET /second.pdf"]


def test_nothing_is_asked_where_all_is_there(law, corpus, heard):
    """A second run has no question to answer."""
    fetch_all(corpus, [], law, heard)
    assert agreed(wanted_of(read_catalogue(corpus), law), heard, lambda: pytest.fail("asked"))


def test_a_size_is_found_behind_a_redirect_and_may_be_unsaid(law):
    """The file counts that the address leads to; a server that says nothing is not guessed at."""
    law.moved = {"/old.pdf": "https://law.example/new.pdf"}
    assert announced_size("https://law.example/old.pdf", law) == len(ACT)
    law.silent = True
    assert announced_size("https://law.example/new.pdf", law) is None


def test_a_server_that_cannot_be_reached_is_asked_once(law, corpus, heard):
    """Forty Acts of one server must not cost forty waits; the person may go on all the same."""
    law.unreached = True
    assert agreed(wanted_of(read_catalogue(corpus), law), heard, lambda: "y\n")
    assert law.connections == 1
    told = heard.file.getvalue()
    assert told.count("law.example could not be asked (no route)") == 3
    assert "3 of which no size is known" in told

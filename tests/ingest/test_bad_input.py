"""What people may hand in by mistake or with bad intent: each ends in a sentence, and corpus and live build stay as they were."""

import http.client
import json
import shutil
import socket
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.build.history import live_id, publish
from index.errors import CatalogueError, ForeignBuild, LocalismError
from ingest.documents import Details, add_document
from ingest.errors import DocumentRefused, FetchRefused
from ingest.fetch.network import Network, PublicNetwork
from ingest.outcome import State
from ingest.readers.read_document import ReadingOptions
from tests.ingest.conftest import BREAD, CATALOGUE

MEMBERS = {
    "docx": {"word/document.xml": b" "},
    "pptx": {"ppt/presentation.xml": b" "},
    "odt": {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b" "},
    "epub": {"mimetype": b"application/epub+zip", "OEBPS/text.xhtml": b" "},
}
MEGABYTE = 2**20


def add(source: object, corpus: Path, network: Network | None = None) -> None:
    """Add ``source`` without asking anybody."""
    options = ReadingOptions(ocr=False)
    add_document(str(source), Details(), corpus, network or PublicNetwork(), options, lambda details: details)


def files_below(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def bomb(path: Path, members: dict[str, bytes], swollen: str, megabytes: int) -> Path:
    """Write an archive whose member ``swollen`` goes on with blanks for so many megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
                for _ in range(megabytes if name == swollen else 0):
                    member.write(b" " * MEGABYTE)
    return path


@pytest.mark.parametrize("kind", MEMBERS)
def test_a_document_that_unpacks_to_hundreds_of_megabytes_is_refused(corpus, tmp_path, kind):
    """A small file that would fill the memory is refused by what its archive says."""
    before = files_below(corpus)
    path = bomb(tmp_path / f"bomb.{kind}", MEMBERS[kind], list(MEMBERS[kind])[-1], 300)
    assert path.stat().st_size < 3 * MEGABYTE
    with pytest.raises(DocumentRefused, match="unpacks to 3145728"):
        add(path, corpus)
    assert files_below(corpus) == before


def test_the_type_of_an_archive_is_told_without_unpacking_it(corpus, tmp_path, monkeypatch):
    """The member that names the type is looked into before any limit is known."""
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("a member was unpacked whole"))
    path = bomb(
        tmp_path / "bomb.odt", {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}, "mimetype", 9
    )
    with pytest.raises(DocumentRefused):
        add(path, corpus)


@pytest.mark.parametrize(("name", "start"), [("guide.pdf", b"MZ\x90\x00\x03"), ("guide.md", b"\x7fELF\x02\x01\x01")])
def test_a_program_under_another_name_is_refused(corpus, tmp_path, name, start):
    """The content tells."""
    (tmp_path / name).write_bytes(start + bytes(range(256)) * 4)
    with pytest.raises(DocumentRefused, match="the file is a program"):
        add(tmp_path / name, corpus)


def test_a_file_of_two_gigabytes_is_not_even_copied(corpus, tmp_path):
    """It is refused by its length; the disk is not filled with it."""
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(DocumentRefused, match="2,147,483,648 bytes; at most"):
        add(tmp_path / "huge.pdf", corpus)
    assert sorted(path.name for path in (corpus / "documents").iterdir()) == ["boats.md"]


@dataclass
class Redirecting:
    """One public server that sends every request on, and beyond it the real network."""

    to: str
    opened: list[socket.socket] = field(default_factory=list)

    def connect(self, host: str, timeout: float) -> http.client.HTTPConnection:
        """Return a connection to the server, or what the real network says."""
        if host != "guides.example":
            return PublicNetwork().connect(host, timeout)
        connection = http.client.HTTPConnection(host)
        ours, theirs = socket.socketpair()
        theirs.sendall(f"HTTP/1.1 302 Found\r\nLocation: {self.to}\r\nContent-Length: 0\r\n\r\n".encode())
        self.opened.append(theirs)
        connection.sock = ours
        return connection


@pytest.mark.parametrize(
    "to",
    [
        "https://127.0.0.1/secret.pdf",
        "https://localhost/secret.pdf",
        "https://[::1]/secret.pdf",
        "https://[::ffff:127.0.0.1]/secret.pdf",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://2130706433/secret.pdf",
        "https://10.0.0.1/secret.pdf",
        "http://127.0.0.1/secret.pdf",
        "file:///etc/passwd",
        "//localhost/secret.pdf",
    ],
)
def test_an_address_that_leads_into_the_house_by_a_detour_is_refused(corpus, to):
    """Every address on the way is checked like the first."""
    before, network = files_below(corpus), Redirecting(to)
    with pytest.raises(FetchRefused, match=r"not a public address|only https"):
        add("https://guides.example/guide.pdf", corpus, network)
    network.opened.pop().close()
    assert files_below(corpus) == before


def test_a_name_server_cannot_change_its_answer_after_the_check(monkeypatch):
    """The connection goes to the address that was checked; the name is looked up once."""
    answers, reached = [["8.8.8.8"], ["127.0.0.1"]], []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(address)
        raise TimeoutError("nobody is there")

    monkeypatch.setattr(socket, "create_connection", connect)
    network = PublicNetwork(resolve=lambda host, port: answers.pop(0))
    with pytest.raises(TimeoutError):
        network.connect("rebinding.example", 1.0)
    assert (reached, answers) == ([("8.8.8.8", 443)], [["127.0.0.1"]])
    with pytest.raises(FetchRefused, match=r"leads to 127\.0\.0\.1, which is not a public address"):
        network.connect("rebinding.example", 1.0)


@pytest.mark.parametrize(
    ("nonsense", "said"),
    [
        ("[[document", "cannot be read as TOML"),
        ("document = 3", "document"),
        (CATALOGUE + CATALOGUE, "bread"),
        (CATALOGUE.replace('"bread.md"', '"../../etc/passwd"'), "outside the corpus"),
        (CATALOGUE.replace('kind = "original"', 'kind = "rumour"'), "boats.*kind"),
        (CATALOGUE.replace('title = "Bread"', "title = 17"), "title"),
    ],
)
def test_a_catalogue_edited_into_nonsense_between_two_runs(workshop, nonsense, said):
    """The run names what is wrong, the live build stays, and the mended catalogue goes on as if nothing had been."""
    first = workshop.build()
    workshop.write("catalogue.toml", nonsense)
    with pytest.raises(LocalismError, match=said):
        workshop.build()
    assert live_id(workshop.builds) == first.build
    workshop.write("catalogue.toml", CATALOGUE)
    assert workshop.build().state is State.UNCHANGED


def test_a_catalogue_that_is_no_text_is_named(workshop):
    """A picture saved over it, for example."""
    workshop.build()
    (workshop.corpus / "catalogue.toml").write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(CatalogueError):
        workshop.build()


def test_a_build_of_a_newer_version_is_not_made_live(workshop):
    """The message names both formats and what to do."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    path = workshop.builds / first.build / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    with pytest.raises(ForeignBuild, match=r"format 99, this program reads format [0-9]+; update the program"):
        publish(workshop.builds, first.build)
    assert live_id(workshop.builds) == second.build


def test_a_live_build_of_which_a_folder_is_gone_is_made_again(workshop):
    """Whole folders go missing, not only files."""
    first = workshop.build()
    for name in ("words", "encoder", "tokens"):
        shutil.rmtree(workshop.builds / first.build / name)
    again = workshop.build()
    assert (again.state, again.build != first.build) == (State.PUBLISHED, True)

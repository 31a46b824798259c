"""A build of another machine: taken whole or not at all, over a folder and over HTTP, and gone on with where it broke off."""

import functools
import http.server
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from index.build import published
from index.build.history import finished_builds, live_id
from index.build.layout import MANIFEST_FILE, POINTER, UNFINISHED, point_to
from index.build.published import published_at
from index.build.pulling import pull
from index.build.reader import open_live_build
from index.build.verification import verify_build
from index.errors import DamagedBuild, ForeignBuild, NotFetched, NotWritten
from tests.serving import served

KNOWN = "Basic dXNlcjpwQHNz"  # user:p@ss


@dataclass
class Web:
    """A web server that shows a folder, and can be told to misbehave."""

    folder: Path
    port: int = 0
    breaks: int = 0  # so many answers are cut off in the middle
    in_manifest: bool = False  # where they are cut off
    wants: str = ""  # the Authorization that it wants
    leads_to: str = ""  # another address
    ranges: list[str] = field(default_factory=list)  # that were asked for
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


class Handler(http.server.BaseHTTPRequestHandler):
    """Shows files, in parts too."""

    def __init__(self, web: Web, *arguments: Any) -> None:
        self._web = web
        super().__init__(*arguments)

    def do_GET(self) -> None:  # the library's name
        """Answer one request."""
        web, path = self._web, self._web.folder / self.path.lstrip("/")
        web.asked.append(self.path)
        if web.leads_to:
            self._say(302, b"", {"Location": web.leads_to})
        elif web.wants and self.headers.get("Authorization") != web.wants:
            self._say(401, b"")
        elif not path.is_file():
            self._say(404, b"")
        else:
            self._send(path.read_bytes())

    def _send(self, whole: bytes) -> None:
        mark, asked = f'"{hash(whole)}"', re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(asked[1]) if asked and self.headers.get("If-Range") == mark else 0
        if asked:
            self._web.ranges.append(asked[0])
        if begin >= len(whole) > 0 and asked:
            self._say(416, b"")
            return
        self._say(206 if begin else 200, whole[begin:], {"ETag": mark})

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        cut = self._web.breaks > 0 and len(body) > 1000 and self.path.endswith(MANIFEST_FILE) == self._web.in_manifest
        self._web.breaks -= cut
        self.wfile.write(body[: len(body) // 2] if cut else body)

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def origin(small_build: Path, tmp_path: Path) -> Path:
    """The folder of builds of the machine that publishes, to be changed at will."""
    return shutil.copytree(small_build, tmp_path / "origin")


@pytest.fixture
def web(origin: Path) -> Iterator[Web]:
    """A web server before it."""
    made = Web(origin)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, made))
    made.port = server.server_address[1]
    with served(server):
        yield made


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries take no time."""
    monkeypatch.setattr(published, "PAUSE_SECONDS", 0.0)


@pytest.fixture(params=["folder", "http"])
def source(request: pytest.FixtureRequest, origin: Path) -> str:
    """The same builds, by both ways."""
    return str(origin) if request.param == "folder" else request.getfixturevalue("web").address


def another_build(origin: Path, change: Callable[[Path], None] = lambda _: None) -> str:
    """Publish a second build at ``origin``, the same but for its id and what ``change`` does to it."""
    build = "20990101T000000-abcdef"
    shutil.copytree(origin / str(live_id(origin)), origin / build)
    manifest = origin / build / MANIFEST_FILE
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "build": build}))
    change(origin / build)
    point_to(origin, build)
    return build


def drafts(builds: Path) -> list[str]:
    """Return what lies half done."""
    return [path.name for path in builds.glob(f"{UNFINISHED}*")]


def test_a_published_build_becomes_live_here(source: str, origin: Path, tmp_path: Path):
    """Byte for byte; pulled again, nothing is moved."""
    builds = tmp_path / "here"
    pulled = pull(builds, published_at(source), 2)
    assert (pulled.build, pulled.changed, live_id(builds)) == (live_id(origin), True, live_id(origin))
    assert verify_build(builds / pulled.build) == []
    assert drafts(builds) == []
    assert pulled.moved == sum(path.stat().st_size for path in origin.glob("*/**/*") if path.is_file()) - len(
        (origin / pulled.build / MANIFEST_FILE).read_bytes()
    )
    open_live_build(builds).close()
    again = pull(builds, published_at(source), 2)
    assert (again.changed, again.moved) == (False, 0)


def test_what_is_here_already_is_not_moved_again(source: str, origin: Path, tmp_path: Path):
    """Files that another build shares are taken over, and old builds are removed beyond those that are kept."""
    builds = tmp_path / "here"
    first = pull(builds, published_at(source), 2).build
    second = another_build(origin)
    pulled = pull(builds, published_at(source), 2)
    assert (pulled.build, pulled.files, pulled.taken_over, pulled.moved) == (second, pulled.taken_over, pulled.taken_over, 0)
    assert (live_id(builds), finished_builds(builds)) == (second, [first, second])
    assert verify_build(builds / second) == []
    point_to(origin, first)
    assert pull(builds, published_at(source), 1).build == first
    assert finished_builds(builds) == [first]


def test_a_download_that_breaks_off_goes_on_where_it_stopped(web: Web, tmp_path: Path):
    """Within one pull, and in the next."""
    web.breaks = 3
    builds = tmp_path / "here"
    pulled = pull(builds, published_at(web.address), 2)
    assert (pulled.changed, len(web.ranges)) == (True, 3)
    assert verify_build(builds / pulled.build) == []
    shutil.rmtree(builds)
    web.breaks, web.ranges = published.TRIES + 1, []
    with pytest.raises(NotFetched, match=r"4 times\)\. Pull again later: it goes on from there"):
        pull(builds, published_at(web.address), 2)
    assert (live_id(builds), len(drafts(builds))) == (None, 1)
    web.breaks, before = 0, len(web.asked)
    assert pull(builds, published_at(web.address), 2).moved < pulled.moved
    assert verify_build(builds / pulled.build) == []
    assert len(web.asked) > before


def test_a_manifest_that_is_cut_off_is_read_again(web: Web, tmp_path: Path):
    """Half of one is none."""
    web.breaks, web.in_manifest = 2, True
    assert pull(tmp_path / "here", published_at(web.address), 2).changed


def test_parts_of_two_versions_are_never_joined(web: Web, origin: Path, tmp_path: Path):
    """A file that changed since is brought from its beginning."""
    builds = tmp_path / "here"
    web.breaks = published.TRIES
    with pytest.raises(NotFetched):
        pull(builds, published_at(web.address), 2)
    (part,) = builds.rglob("*.part")
    part.write_bytes(b"x" * part.stat().st_size)
    part.with_name(f"{part.name}.mark").write_text('"of another version"')
    web.breaks = 0
    assert verify_build(builds / pull(builds, published_at(web.address), 2).build) == []


def test_a_part_that_is_whole_already_is_recognised(web: Web, tmp_path: Path):
    """The connection broke after the last byte: nothing is moved again."""
    builds = tmp_path / "here"
    web.breaks = published.TRIES
    with pytest.raises(NotFetched):
        pull(builds, published_at(web.address), 2)
    (part,) = builds.rglob("*.part")
    name = part.relative_to(next(builds.glob(f"{UNFINISHED}*"))).as_posix().removesuffix(".part")
    part.write_bytes((web.folder / str(live_id(web.folder)) / name).read_bytes())
    web.breaks = 0
    pull(builds, published_at(web.address), 2)
    assert len([asked for asked in web.asked if asked.endswith(name)]) == published.TRIES + 1


def test_a_file_that_is_not_what_the_manifest_says_changes_nothing(source: str, origin: Path, tmp_path: Path):
    """The live build stays; mended there, the next pull takes it."""
    builds = tmp_path / "here"
    first = pull(builds, published_at(source), 2).build
    changed = []

    def damage(folder: Path) -> None:
        path = folder / "lexicon.json"
        changed.append((path, path.read_bytes()))
        manifest = folder / MANIFEST_FILE
        fields = json.loads(manifest.read_text())
        fields["files"]["lexicon.json"] = "0" * 64
        manifest.write_text(json.dumps(fields))

    another_build(origin, damage)
    with pytest.raises(NotFetched, match="not the file that its manifest names, twice"):
        pull(builds, published_at(source), 2)
    assert (live_id(builds), finished_builds(builds)) == (first, [first])
    open_live_build(builds).close()


def test_a_build_that_does_not_verify_is_not_kept(source: str, origin: Path, tmp_path: Path):
    """Its files are as its manifest says, and it cannot be opened."""
    builds = tmp_path / "here"
    first = pull(builds, published_at(source), 2).build

    def leave_out(folder: Path) -> None:
        manifest = folder / MANIFEST_FILE
        fields = json.loads(manifest.read_text())
        del fields["files"]["records.sqlite"]
        manifest.write_text(json.dumps(fields))

    another_build(origin, leave_out)
    with pytest.raises(DamagedBuild):
        pull(builds, published_at(source), 2)
    assert (live_id(builds), finished_builds(builds)) == (first, [first])


def test_a_build_of_another_format_moves_nothing(source: str, origin: Path, tmp_path: Path):
    """It is said before anything is downloaded."""

    def make_newer(folder: Path) -> None:
        manifest = folder / MANIFEST_FILE
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format_version": 99}))

    another_build(origin, make_newer)
    with pytest.raises(ForeignBuild, match="update the program"):
        pull(tmp_path / "here", published_at(source), 2)
    assert not list((tmp_path / "here").rglob("*.faiss"))


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside", "..\\outside", ""])
def test_a_manifest_that_leads_out_of_the_folder_is_refused(source: str, origin: Path, tmp_path: Path, name: str):
    """Nothing is written outside of the folder of the builds."""

    def lead_out(folder: Path) -> None:
        manifest = folder / MANIFEST_FILE
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "files": {name: "0" * 64}}))

    another_build(origin, lead_out)
    with pytest.raises(NotFetched, match="outside of it"):
        pull(tmp_path / "here", published_at(source), 2)
    assert not list(tmp_path.rglob("*outside*"))


@pytest.mark.parametrize("pointer", ["", "../20990101T000000-abcdef", "<html>Not found</html>", "x" * 500])
def test_a_pointer_that_names_no_build_is_refused(source: str, origin: Path, tmp_path: Path, pointer: str):
    """As where the address is of something else."""
    (origin / POINTER).write_text(pointer)
    with pytest.raises(NotFetched, match="names no build"):
        pull(tmp_path / "here", published_at(source), 2)


def test_a_source_that_is_not_there_is_said_in_one_sentence(web: Web, tmp_path: Path):
    """An empty folder, a wrong address, nobody who listens, another scheme."""
    for source, said in (
        (str(tmp_path / "nowhere"), "cannot be read"),
        (f"{web.address}/elsewhere", "is not there"),
        ("http://127.0.0.1:1", "cannot be had"),
        ("ftp://127.0.0.1/builds", "not from ftp://"),
    ):
        with pytest.raises(NotFetched, match=re.escape(said)):
            pull(tmp_path / "here", published_at(source), 2)


def test_a_password_is_sent_and_never_said(web: Web, tmp_path: Path):
    """And a server that leads elsewhere is not followed: it could take the password there."""
    web.wants = KNOWN
    with pytest.raises(NotFetched, match="refused with status 401"):
        pull(tmp_path / "here", published_at(web.address), 2)
    known = web.address.replace("http://", "http://user:p%40ss@")
    assert pull(tmp_path / "here", published_at(known), 2).changed
    web.leads_to = "http://127.0.0.1:1/"
    with pytest.raises(NotFetched, match="status 302") as refused:
        pull(tmp_path / "here", published_at(known), 2)
    assert "p@ss" not in str(refused.value)
    assert "p%40ss" not in str(refused.value)


def test_a_disk_that_takes_nothing_changes_nothing(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One sentence; the live build stays."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        pull(tmp_path / "here", published_at(str(origin)), 2)
    assert live_id(tmp_path / "here") is None

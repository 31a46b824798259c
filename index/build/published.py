"""Builds that another machine has published: in a folder that both see, or behind an address where a web server shows that folder.

Comes in: a path or an address. Goes out: small texts, and files that are put together piece by piece. Refuses to follow a server that
leads elsewhere, and to say user and password of an address.
"""

import base64
import http.client
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from typing_extensions import override

from index.errors import NotFetched

SILENT_SECONDS = 30.0  # of a server
TRIES = 4  # for one file; each goes on where the one before broke off
PAUSE_SECONDS = 1.0  # before the second try; doubled for each that follows
MOST_TEXT = 64 * 2**20  # bytes of a manifest
_CHUNK = 2**20
_Done = TypeVar("_Done")
_PARTIAL, _NO_SUCH_RANGE, _NOT_FOUND = 206, 416, 404


class Published(Protocol):
    """Where builds are taken from."""

    def text(self, name: str) -> str:
        """Return a small file.

        Raises:
            NotFetched: it is not there, or cannot be had.
        """

    def fetch(self, name: str, path: Path) -> int:
        """Write the file ``name`` to ``path`` and return how many bytes were moved; what is there of it already is gone on with.

        Raises:
            NotFetched: it is not there, or cannot be had.
            OSError: the disk does not take it.
        """


def published_at(source: str) -> Published:
    """Return what is published at ``source``: an address that begins with http:// or https://, or else a folder.

    Raises:
        NotFetched: it is neither.
    """
    if source.startswith(("http://", "https://")):
        return PublishedAddress(source)
    if "://" in source:
        raise NotFetched(f"A build is pulled from a folder or from http(s)://…, not from {source.partition('://')[0]}://.")
    return PublishedFolder(Path(source))


class PublishedFolder:
    """A folder of builds that this machine sees."""

    def __init__(self, folder: Path) -> None:
        """Take builds from ``folder``."""
        self._folder = folder

    def text(self, name: str) -> str:
        """Return a small file; see Published."""
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise self._absent(name, error) from error

    def fetch(self, name: str, path: Path) -> int:
        """Copy a file; see Published."""
        try:
            source = (self._folder / name).open("rb")
        except OSError as error:
            raise self._absent(name, error) from error
        with source, path.open("wb") as file:
            shutil.copyfileobj(source, file, _CHUNK)
            return file.tell()

    def _absent(self, name: str, error: Exception) -> NotFetched:
        reason = getattr(error, "strerror", None) or error
        return NotFetched(
            f"{self._folder / name} cannot be read ({reason}). Name the folder of the builds that are published."
        )


class PublishedAddress:
    """A folder of builds that a web server shows."""

    def __init__(self, address: str) -> None:
        """Take builds from below ``address``."""
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        self._address = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._headers = {"User-Agent": "localism (pulls a build)", "Accept-Encoding": "identity"}
        if parts.username is not None:
            known = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(known.encode()).decode()}"
        # No redirects: they could take user and password elsewhere.
        self._opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler())

    def text(self, name: str) -> str:
        """Return a small file; see Published."""
        found = self._insist(name, lambda: self._whole(name))
        try:
            return str(found.decode("utf-8"))
        except ValueError as error:
            raise NotFetched(f"What {self._place(name)} gives is no file of a build ({error}).") from error

    def fetch(self, name: str, path: Path) -> int:
        """Download a file and go on where it broke off; see Published."""
        before = path.stat().st_size if path.exists() else 0
        return max(self._insist(name, lambda: self._rest(name, path)) - before, 0)

    def _insist(self, name: str, work: Callable[[], _Done]) -> _Done:
        """Return what ``work`` returns; a connection that breaks is made again, a few times."""
        for tried in range(1, TRIES + 1):
            try:
                return work()
            except _NETWORK as error:
                if tried == TRIES:
                    reason = getattr(error, "reason", "") or "the connection broke"
                    sentence = f"{self._place(name)} cannot be had ({reason}, {TRIES} times). Pull again later: it goes on from there."
                    raise NotFetched(sentence) from error
                time.sleep(PAUSE_SECONDS * 2 ** (tried - 1))
        raise AssertionError("the last try returns or raises")

    def _whole(self, name: str) -> bytes:
        with self._asked(name, {}) as answer:
            found = answer.read(MOST_TEXT)
            if answer.length:
                raise _BrokeOff
            return bytes(found)

    def _rest(self, name: str, path: Path) -> int:
        """Download what is missing of ``path`` and return its size in bytes.

        The server's mark of the version lies beside it, so that no two versions are joined.
        """
        mark_file = path.with_name(f"{path.name}.mark")
        have, mark = (path.stat().st_size, mark_file.read_text()) if path.exists() and mark_file.exists() else (0, "")
        try:
            with self._asked(name, {"Range": f"bytes={have}-", "If-Range": mark} if have and mark else {}) as answer:
                mark_file.write_text(_mark_of(answer))
                _write(answer, path, "ab" if answer.status == _PARTIAL else "wb")
        except _AllIsHere:
            pass
        mark_file.unlink(missing_ok=True)
        return path.stat().st_size

    @contextmanager
    def _asked(self, name: str, headers: dict[str, str]) -> Iterator[http.client.HTTPResponse]:
        request = urllib.request.Request(f"{self._address}/{quote(name)}", headers=self._headers | headers)  # noqa: S310  # http(s)
        try:
            with self._opener.open(request, timeout=SILENT_SECONDS) as answer:
                yield answer
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == _NO_SUCH_RANGE:
                raise _AllIsHere from error
            raise NotFetched(f"{self._place(name)} {_refusal(error.code)}") from error

    def _place(self, name: str) -> str:
        return f"{self._address}/{name}"


class _BrokeOff(Exception):
    """A download ended before the file did."""


class _AllIsHere(Exception):
    """There is nothing of a file behind what has arrived of it."""


_NETWORK = (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError, _BrokeOff)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    @override
    def redirect_request(self, *_: object) -> None:
        """Follow none."""


def _refusal(status: int) -> str:
    if status == _NOT_FOUND:
        return (
            "is not there. Name the address of the folder of builds; if it was there a moment ago, another build was "
            "published meanwhile: pull again."
        )
    return f"was refused with status {status}. Name the last address, with user and password where it wants them."


def _mark_of(answer: http.client.HTTPResponse) -> str:
    """Return the server's mark of the version of a file, empty where a file cannot be gone on with."""
    mark = answer.headers.get("ETag", "")
    return "" if mark.startswith("W/") else mark or answer.headers.get("Last-Modified", "")


def _write(answer: http.client.HTTPResponse, path: Path, mode: str) -> None:
    with path.open(mode) as file:
        while chunk := _read(answer):
            file.write(chunk)
    if answer.length:
        raise _BrokeOff


def _read(answer: http.client.HTTPResponse) -> bytes:
    try:
        return bytes(answer.read(_CHUNK))
    except OSError as error:  # of the network; what the disk says is another matter
        raise _BrokeOff from error

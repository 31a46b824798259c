"""Download an original guide from the address that the catalogue gives for it.

Comes in: an entry of the catalogue and a network. Goes out: the file beside the others, and its SHA-256. Refuses to overwrite a file,
to take what is not a document, and to know how the hash is recorded (see catalogue_writer).

What has arrived of a file lies in ``documents/.<name>.part`` until it is whole, with the server's mark of that version beside it, so
that a download that breaks off goes on where it stopped and never joins two versions.
"""

import http.client
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

from index.digests import file_digest
from ingest.catalogue.catalogue import Entry
from ingest.errors import FetchRefused
from ingest.fetch.network import Network, WebAddress

_UNSAID = frozenset({"application/octet-stream", "binary/octet-stream"})  # goes by what the file begins with
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = "localism-ingest (fetches documents that a maintainer asked for)"

Arrived = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a download may cost."""

    size: int = 100 * 1024 * 1024  # bytes
    seconds: float = 600.0  # for the whole of one file
    wait: float = 30.0  # seconds without a byte
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one entry."""

    id: str
    path: Path
    sha256: str
    downloaded: bool  # False: the file was there already and was left as it is


@dataclass(frozen=True, slots=True)
class _Part:
    """What has arrived of a file, and which version of it."""

    path: Path
    mark: Path  # holds the server's validator (ETag or Last-Modified) of the version that the part belongs to

    @classmethod
    def of(cls, whole: Path) -> "_Part":
        """Return the part that becomes ``whole``."""
        return cls(whole.with_name(f".{whole.name}.part"), whole.with_name(f".{whole.name}.mark"))

    @property
    def size(self) -> int:
        """Bytes that can be gone on from: none where nothing says which version they belong to."""
        return self.path.stat().st_size if self.path.is_file() and self.mark.is_file() else 0

    def drop(self) -> None:
        """Forget what has arrived."""
        self.path.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)


def fetch(entry: Entry, network: Network, limits: Limits | None = None, arrived: Arrived | None = None) -> Fetched:
    """Put the file of ``entry`` where the catalogue says, and return its hash.

    Raises:
        FetchRefused: it cannot or may not be fetched; the message says why and what to do.
    """
    if entry.path.exists():
        return Fetched(entry.document.id, entry.path, file_digest(entry.path), downloaded=False)
    kinds, beginning = _format_of(entry)
    limits = limits or Limits()
    part = _Part.of(entry.path)
    entry.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _download(entry.fetch, part, network, limits, kinds, arrived)
    except FetchRefused:
        part.drop()
        raise
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        raise FetchRefused(
            f"{entry.fetch} broke off ({error}). Run the same command again; what has arrived is kept where the server allows it."
        ) from error
    return _keep(entry, part, beginning)


def _format_of(entry: Entry) -> tuple[frozenset[str], bytes]:
    if not entry.fetch:
        raise FetchRefused(
            f"The catalogue has no address to fetch {entry.document.id!r} from. "
            f"Put the file there by hand: {entry.path.name} in {entry.path.parent}."
        )
    # The readers' libraries take longer to import than a run that fetches nothing takes.
    from ingest.readers.registry import format_named, suffixes

    known = format_named(entry.path.name)
    if known is None:
        raise FetchRefused(f"{entry.path.name!r} has no ending that is fetched; known are {', '.join(suffixes())}.")
    return known.media_types, known.mark


def _download(url: str, part: _Part, network: Network, limits: Limits, kinds: frozenset[str], arrived: Arrived | None) -> None:
    deadline = time.monotonic() + limits.seconds
    for _ in range(limits.redirects + 1):
        address = WebAddress.from_url(url)
        connection = network.connect(address.host, min(limits.wait, limits.seconds))
        try:
            answer = _ask(connection, address.target, part)
            if answer.status not in _REDIRECTS:
                _receive(answer, part, limits, kinds, deadline, arrived)
                return
            url = urljoin(url, answer.getheader("Location") or "")
        finally:
            connection.close()
    raise FetchRefused(f"The server sent the request on more than {limits.redirects} times; the last address was {url}.")


def _ask(connection: http.client.HTTPConnection, target: str, part: _Part) -> http.client.HTTPResponse:
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
    if part.size:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": part.mark.read_text(encoding="latin-1")}
    connection.request("GET", target, headers=headers)
    return connection.getresponse()


def _receive(
    answer: http.client.HTTPResponse,
    part: _Part,
    limits: Limits,
    kinds: frozenset[str],
    deadline: float,
    arrived: Arrived | None,
) -> None:
    if answer.status >= http.client.INTERNAL_SERVER_ERROR:
        raise http.client.HTTPException(f"the server answered {answer.status} {answer.reason}")
    if answer.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise FetchRefused("The server's file is shorter than what had arrived. That part is removed; run the command again.")
    if answer.status not in (http.client.OK, http.client.PARTIAL_CONTENT):
        raise FetchRefused(f"The server answered {answer.status} {answer.reason}. Open the address in a browser and check it.")
    _check_kind(answer, kinds)
    start = part.size if _goes_on(answer, part.size) else 0
    length = answer.length  # what is still to come, where the server says it
    if length is not None and start + length > limits.size:
        raise FetchRefused(f"The file has {start + length:,} bytes; at most {limits.size:,} are fetched.")
    part.mark.unlink(missing_ok=True)
    if validator := _validator(answer):
        part.mark.write_text(validator, encoding="latin-1")
    with part.path.open("ab" if start else "wb") as stream:
        _copy(answer, stream, start, limits, deadline, arrived)


def _check_kind(answer: http.client.HTTPResponse, kinds: frozenset[str]) -> None:
    kind = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in kinds | _UNSAID:
        raise FetchRefused(f"The server sent {kind or 'a file of no stated kind'}; {' or '.join(sorted(kinds))} was wanted.")
    if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise FetchRefused("The server sent the file packed, although it was asked not to.")


def _goes_on(answer: http.client.HTTPResponse, size: int) -> bool:
    if answer.status != http.client.PARTIAL_CONTENT:
        return False
    said = answer.getheader("Content-Range") or ""
    if not said.startswith(f"bytes {size}-"):
        raise FetchRefused(f"The server sent another part of the file ({said or 'unnamed'}) than the one that was asked for.")
    return True


def _validator(answer: http.client.HTTPResponse) -> str:
    tag = answer.getheader("ETag") or ""
    # A weak tag ("W/…") says that two versions mean the same, not that their bytes are equal.
    return answer.getheader("Last-Modified") or "" if not tag or tag.startswith("W/") else tag


def _copy(
    answer: http.client.HTTPResponse,
    stream: BinaryIO,
    size: int,
    limits: Limits,
    deadline: float,
    arrived: Arrived | None,
) -> None:
    whole = size + answer.length if answer.length is not None else None
    while block := answer.read1(_CHUNK):
        size += len(block)
        if size > limits.size:
            raise FetchRefused(f"More than {limits.size:,} bytes arrived; that is the most that is fetched.")
        stream.write(block)
        if arrived:
            arrived(size, whole)
        if time.monotonic() > deadline:
            raise TimeoutError(f"it took longer than {limits.seconds:.0f} seconds")
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _keep(entry: Entry, part: _Part, beginning: bytes) -> Fetched:
    """Give the whole file its name, unless it is not what was wanted; a file that has come there meanwhile is never replaced."""
    with part.path.open("rb") as stream:
        head = stream.read(1024)
    if beginning not in head or not head:
        part.drop()
        raise FetchRefused(f"What {entry.fetch} sent is not a {entry.path.suffix} file, although the server called it one.")
    digest = file_digest(part.path)
    wanted = entry.document.sha256
    if wanted and wanted != digest:
        part.drop()
        raise FetchRefused(
            f"{entry.fetch} sent another file than the catalogue expects: found SHA-256 {digest}, wanted {wanted}. "
            f"If the new version is right, remove sha256 from the entry {entry.document.id!r} and run again."
        )
    try:
        os.link(part.path, entry.path)  # fails where a file of that name has come meanwhile; rename would replace it
    except FileExistsError:
        raise FetchRefused(f"{entry.path} has come into being meanwhile and is left as it is.") from None
    part.drop()
    return Fetched(entry.document.id, entry.path, digest, downloaded=True)

"""Open zipped documents (DOCX, PPTX, ODT, EPUB) without trusting them, and parse their XML.

Comes in: a path. Goes out: members and parsed XML. Refuses to unpack more than is allowed, to follow entities, and to touch the
network or the disk.
"""

import posixpath
import re
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any

from lxml import etree

from index.errors import UnreadableDocument
from ingest.readers.broken_off import BROKEN_OFF, archive_breaks_off
from ingest.readers.read_document import FileMetadata

# Half of a letter written as a reference, &#xD83D; or &#55357;: the parser takes it in, and then no letter can be had.
_HALVES = re.compile(
    rb"(?:&#(?:x0*d[89a-f][0-9a-f]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d\d\d|7[0-2]\d\d|73[0-3]\d|734[0-3]));)+", re.IGNORECASE
)
_OTHER_ENCODING = re.compile(rb"\xff\xfe|\xfe\xff|.{0,3}<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8)", re.IGNORECASE | re.DOTALL)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)


def parse_xml(content: bytes) -> Any:  # noqa: ANN401  lxml has no types; readers take what they need from its elements
    """Return the root element of an XML text, mended where it is not well formed.

    Raises:
        UnreadableDocument: nothing can be made of it.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(_decodable(content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(f"its XML is damaged: {error}") from error
    if root is None:
        raise UnreadableDocument("its XML is damaged")
    return root


def _decodable(content: bytes) -> bytes:
    """Return an XML text whose letters can be had: in mending, the parser lets bytes pass that are no UTF-8."""
    if _OTHER_ENCODING.match(content):
        return content
    return _HALVES.sub(_joined, content.decode("utf-8", errors="replace").encode())


def _joined(halves: re.Match[bytes]) -> bytes:
    """Return the letters that references to halves of letters make together; a half that stands alone becomes U+FFFD."""
    numbers = [int(one[1:], 16) if one[:1] in b"xX" else int(one) for one in halves.group()[2:-1].split(b";&#")]
    return "".join(map(chr, numbers)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


class Archive:
    """A zipped document, open."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        """Open an archive.

        Raises:
            UnreadableDocument: it is damaged, protected by a password, or unpacks to more than ``most_bytes``.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGE as error:
            damage = BROKEN_OFF if archive_breaks_off(path) else "the file is damaged: its archive cannot be opened"
            raise UnreadableDocument(damage) from error
        entries = self._zip.infolist()
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise UnreadableDocument("the file is protected by a password; save it without one and try again")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > most_bytes:
            raise UnreadableDocument(f"the file unpacks to {unpacked} bytes, more than the {most_bytes} that are allowed")
        self._left = most_bytes
        self.names = [entry.filename for entry in entries]

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        """Return the bytes of a member.

        Raises:
            UnreadableDocument: it is missing or damaged, or larger than the archive says.
        """
        try:
            with self._zip.open(name) as member:
                content = member.read(self._left + 1)
        except KeyError as error:
            raise UnreadableDocument(f"the file is damaged: {name} is missing from its archive") from error
        except (*_DAMAGE, RuntimeError) as error:
            raise UnreadableDocument(f"the file is damaged: {name} in its archive cannot be unpacked") from error
        self._left -= len(content)
        if self._left < 0:
            raise UnreadableDocument("the file unpacks to more than is allowed")
        return content

    def xml(self, name: str) -> Any:  # noqa: ANN401  as above
        """Return the root element of an XML member."""
        return parse_xml(self.read(name))

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the parts that a part of an Office file refers to: (last word of the type, member name) by id."""
        folder, base = posixpath.split(name)
        listing = posixpath.join(folder, "_rels", f"{base}.rels")
        if listing not in self.names:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in self.xml(listing):
            target = relation.get("Target", "")
            member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], member)
        return found


def local_name(element: Any) -> str:  # noqa: ANN401  as above
    """Return an element's name without its namespace; a comment or processing instruction has none."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:  # noqa: ANN401  as above
    """Return an attribute whatever its namespace, or nothing."""
    return next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")


def core_properties(archive: Archive, name: str) -> FileMetadata:
    """Return title and authors from a member with Dublin Core properties; the dates in it say when somebody saved the file."""
    if name not in archive.names:
        return FileMetadata()
    found: dict[str, str] = {}
    for element in archive.xml(name).iter():
        found.setdefault(local_name(element), " ".join((element.text or "").split()))
    return FileMetadata(found.get("title", ""), found.get("creator", ""))

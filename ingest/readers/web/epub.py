"""Read electronic books (EPUB).

Comes in: a path. Goes out: one page record for each section, in the book's reading order. Refuses to read navigation and books
under copy protection.
"""

import posixpath
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from index.errors import UnreadableDocument
from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.front_matter import given_title, metadata_of_blocks
from ingest.readers.office.archives import Archive, core_properties, local_name
from ingest.readers.read_document import ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import Block, pages_of
from ingest.readers.web.html import parse_html
from ingest.readers.web.html_blocks import blocks_of

MEDIA_TYPE = "application/epub+zip"

_TEXT_TYPES = {"application/xhtml+xml", "text/html"}
_FONT_LOCKS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")  # lock fonts, not text


def read_epub(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a book section by section.

    Raises:
        UnreadableDocument: its archive is damaged, or it is copy-protected.
    """
    with Archive(path, options.limits.most_unpacked_bytes) as archive:
        _refuse_locked(archive)
        package = _package_name(archive)
        blocks: list[Block] = []
        for name in _spine(archive, package):
            blocks.extend(blocks_of(parse_html(archive.read(name))))
        said = core_properties(archive, package)
    # The title of a book is what every program shows above its text; its first heading may be that of a chapter.
    metadata, _ = metadata_of_blocks(blocks, said)
    title = given_title(said.title) or metadata.title
    return document_of_sections(MEDIA_TYPE, pages_of(blocks), replace(metadata, title=title))


def _refuse_locked(archive: Archive) -> None:
    if "META-INF/encryption.xml" not in archive.names:
        return
    locks = [part for part in archive.xml("META-INF/encryption.xml").iter() if local_name(part) == "EncryptionMethod"]
    if any((part.get("Algorithm") or "").encode() not in _FONT_LOCKS for part in locks):
        raise UnreadableDocument("the book is copy-protected")


def _package_name(archive: Archive) -> str:
    if "META-INF/container.xml" in archive.names:
        for part in archive.xml("META-INF/container.xml").iter():
            if local_name(part) == "rootfile":
                return str(part.get("full-path"))
    found = [name for name in archive.names if name.endswith(".opf")]
    if not found:
        raise UnreadableDocument("the file is damaged: the book's list of parts is missing")
    return found[0]


def _spine(archive: Archive, package: str) -> list[str]:
    """Return the names of the text members in reading order, without the page that only navigates."""
    manifest: dict[str, str] = {}
    order: list[str] = []
    for part in archive.xml(package).iter():
        if (
            local_name(part) == "item"
            and part.get("media-type") in _TEXT_TYPES
            and "nav" not in (part.get("properties") or "").split()
        ):
            manifest[part.get("id")] = posixpath.normpath(
                posixpath.join(posixpath.dirname(package), unquote(part.get("href") or ""))
            )
        elif local_name(part) == "itemref":
            order.append(part.get("idref"))
    return [manifest[key] for key in order if manifest.get(key) in archive.names]


FORMAT = Format("EPUB", MEDIA_TYPE, (".epub",), read_epub, mark=ZIP_MARK)

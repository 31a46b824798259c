"""Read web pages: the main text without menus.

Comes in: a path. Goes out: one page record for each section. Refuses to run scripts, to load anything and to read what is hidden.
"""

import re
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from index.errors import UnreadableDocument
from ingest.readers.encodings import decode_text
from ingest.readers.formats import Format
from ingest.readers.front_matter import first_lines, given_title, metadata_of
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import Block, pages_of, title_and_rest
from ingest.readers.web.html_blocks import blocks_of

MEDIA_TYPE = "text/html"

_DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_MARKUP = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*)*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_ELEMENTS = re.compile(rb"<(?:p|div|h[1-6]|ul|table|meta|title|article|section)\b[^>]*>", re.I)
_LEAST_ELEMENTS = 3
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# A main text of fewer characters than this, and of a smaller share of the page, is not believed: the page is read whole.
_LEAST_MAIN = 200
_LEAST_SHARE = 0.3


def read_html(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a saved web page section by section.

    Raises:
        UnreadableDocument: nothing can be made of its markup.
    """
    root = parse_html(path.read_bytes())
    whole = blocks_of(root)
    main = _main_blocks(root)
    if _characters(main) < min(_LEAST_MAIN, _LEAST_SHARE * _characters(whole)):
        main = whole
    heading, blocks = title_and_rest(main or whole)
    named = given_title(root.findtext(".//title") or "")  # shown above the page
    said = metadata_of(heading or named, FileMetadata(authors=_meta(root, "author")), first_lines(main or whole))
    return document_of_sections(MEDIA_TYPE, pages_of(blocks), said)


def parse_html(content: bytes) -> Any:  # noqa: ANN401  lxml has no types
    """Return the root element of an HTML text without hidden elements and comments.

    Raises:
        UnreadableDocument: nothing can be made of it.
    """
    try:
        parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
        root = lxml.html.document_fromstring(_decoded(content), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument("the file holds no text") from error
    for element in list(root.iter()):
        if element.getparent() is not None and (
            element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
        ):
            element.drop_tree()
    return root


def _decoded(content: bytes) -> str:
    declared = _DECLARED.search(content[:4096])
    text: str | None = None
    if declared and b"\0" not in content[:200]:
        try:
            text = content.decode(declared.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            text = None  # what the page says of itself is wrong
    if text is None:
        text = decode_text(content)
    # lxml refuses a text that still names an encoding.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _main_blocks(root: Any) -> list[Block]:  # noqa: ANN401  as above
    import trafilatura  # slow to load, and most corpora hold no web page

    found = trafilatura.extract(
        lxml.html.tostring(root, encoding="unicode"),
        output_format="html",
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        favor_recall=True,
    )
    return blocks_of(lxml.html.document_fromstring(found)) if found and found.strip() else []


def _characters(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _meta(root: Any, name: str) -> str:  # noqa: ANN401  as above
    found = root.xpath("//meta[@name=$name]/@content", name=name)
    return " ".join(str(found[0]).split()) if found else ""


FORMAT = Format(
    "HTML",
    MEDIA_TYPE,
    (".html", ".htm", ".xhtml"),
    read_html,
    frozenset({"application/xhtml+xml"}),
    is_surely=lambda start: bool(_MARKUP.match(start)),
    is_perhaps=lambda start: len(_ELEMENTS.findall(start)) >= _LEAST_ELEMENTS,
)

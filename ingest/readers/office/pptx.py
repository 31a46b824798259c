"""Read presentations (PPTX): a slide is a page.

Comes in: a path. Goes out: one page record for each slide that has text. Refuses to read masters, speaker's notes and hidden slides'
comments.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import UnreadableDocument
from index.records import Heading, Page
from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.front_matter import metadata_of
from ingest.readers.office.archives import Archive, attribute, core_properties, local_name
from ingest.readers.read_document import PageOutcome, PageStatus, ReadDocument, ReadingOptions
from ingest.readers.sections import Block, BlockKind, Section, page_of, rows_of_table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

_FURNITURE = {"sldNum", "ftr", "dt", "hdr"}
_TITLES = {"title", "ctrTitle"}


def read_pptx(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a presentation slide by slide.

    Raises:
        UnreadableDocument: its archive or its list of slides is damaged.
    """
    with Archive(path, options.limits.most_unpacked_bytes) as archive:
        slides = [archive.xml(name) for name in _slide_names(archive)]
        said = core_properties(archive, "docProps/core.xml")
    pages = [_page(number, slide) for number, slide in enumerate(slides, start=1)]
    outcomes = tuple(
        PageOutcome(
            page.number,
            PageStatus.READ if page.text else PageStatus.EMPTY,
            "" if page.text else "a slide without text",
            len(page.text),
        )
        for page in pages
    )
    first = next((page for page in pages if page.text), Page(1, ""))
    metadata = metadata_of(first.headings[0].text if first.headings else "", said, first.text.split("\n"))
    return ReadDocument(MEDIA_TYPE, tuple(page for page in pages if page.text), len(pages), outcomes, metadata)


def _slide_names(archive: Archive) -> list[str]:
    main = next(
        (member for kind, member in archive.relations("").values() if kind == "officeDocument"), "ppt/presentation.xml"
    )
    relations = archive.relations(main)
    listed = [part for part in archive.xml(main).iter() if local_name(part) == "sldId"]
    names = [relations[key][1] for part in listed for key in part.attrib.values() if key in relations]
    if not names and listed:
        raise UnreadableDocument("the file is damaged: its slides are missing")
    return names


def _page(number: int, slide: Any) -> Page:  # noqa: ANN401  lxml has no types
    title, blocks = "", list[Block]()
    for shape in slide.iter():
        match local_name(shape):
            case "sp":
                role = _role(shape)
                found = list(_paragraphs(shape, listed=role not in _TITLES))
                if role in _TITLES and found and not title:
                    title = " ".join(block.text for block in found)
                elif role not in _FURNITURE:
                    blocks.extend(found)
            case "tbl":
                blocks.extend(rows_of_table(_rows(shape)))
    body = page_of(number, Section((), blocks=blocks))
    if not title:
        return Page(number, body.text, keep_together=body.keep_together)
    text = f"{title}\n\n{body.text}" if body.text else title
    shift = len(text) - len(body.text)
    runs = tuple((start + shift, end + shift) for start, end in body.keep_together)
    return Page(number, text, headings=(Heading(0, len(title), 1, title),), keep_together=runs)


def _role(shape: Any) -> str:  # noqa: ANN401  as above
    return next((attribute(part, "type") for part in shape.iter() if local_name(part) == "ph"), "")


def _paragraphs(shape: Any, listed: bool) -> Iterator[Block]:  # noqa: ANN401  as above
    body = next((part for part in shape if local_name(part) == "txBody"), None)
    lines = [] if body is None else [part for part in body if local_name(part) == "p"]
    texts = [(text, line) for line in lines if (text := _text(line))]
    for text, line in texts:
        depth = next((int(attribute(part, "lvl") or 0) for part in line if local_name(part) == "pPr"), 0)
        if listed and len(texts) > 1:
            yield Block(BlockKind.ENTRY, f"{'  ' * depth}- {text}")
        else:
            yield Block(BlockKind.PARAGRAPH, text)


def _rows(table: Any) -> Iterator[list[str]]:  # noqa: ANN401  as above
    for row in (part for part in table if local_name(part) == "tr"):
        # A cell that another one spans is there, and empty.
        cells = [cell for cell in row if local_name(cell) == "tc"]
        yield [" ".join(_text(line) for line in cell.iter() if local_name(line) == "p").strip() for cell in cells]


def _text(line: Any) -> str:  # noqa: ANN401  as above
    parts = [(part.text or "") if local_name(part) == "t" else " " for part in line.iter() if local_name(part) in ("t", "br")]
    return " ".join("".join(parts).split())


FORMAT = Format("PPTX", MEDIA_TYPE, (".pptx",), read_pptx, mark=ZIP_MARK, member="ppt/")

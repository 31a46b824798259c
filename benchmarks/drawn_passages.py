"""Draw five passages on the pictures of their pages, to be looked at: two columns, a list, a table, a hyphenated word, OCR.

    python -m benchmarks.drawn_passages OUT [--documents ../shared/documents]

Each picture shows the passage that holds one of the sentences of ``reading_pages.jsonl``, marked by the boxes of its characters, as
the page and the bot mark it; its text is printed, to be held beside it. The pictures are of other people's documents: they stay out of
the repository.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pypdfium2

from benchmarks.reading_pages import FOLDER, HERE, Check, normalised, position_in
from bot.pictures.page_drawing import mark, png_of
from bot.pictures.page_pictures import lines_of
from index.records import Document, Kind, Passage
from index.text.splitting import Geometry, split_pages
from ingest.readers.read_document import Boxes, ReadingOptions
from ingest.readers.read_file import read_file

KINDS = ("columns", "list", "table", "hyphen", "ocr")
WIDTH = 1100  # pixels


def main() -> int:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of the pictures")
    parser.add_argument("--documents", type=Path, default=FOLDER)
    options = parser.parse_args()
    if not options.documents.is_dir():
        print(f"There are no documents in {options.documents}, so there is nothing to draw.")
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    checks = [Check(**json.loads(line)) for line in (HERE / "reading_pages.jsonl").read_text(encoding="utf-8").splitlines()]
    for kind in KINDS:
        check = next(check for check in checks if check.kind == kind)
        passage, boxes = passage_of(options.documents / check.document, check)
        picture = options.out / f"{kind}.png"
        picture.write_bytes(drawn(options.documents / check.document, passage, boxes))
        print(f"{picture}\n  {check.document}, p. {check.page}, {' > '.join(passage.section)}\n{passage.text}\n")
    return 0


def passage_of(path: Path, check: Check) -> tuple[Passage, Boxes]:
    """Return the passage that holds a sentence, and the boxes of its characters."""
    read = read_file(path, ReadingOptions())
    document = Document("benchmark", read.metadata.title, Kind.ORIGINAL)
    passages = split_pages(document, read.pages, Geometry(), lambda text: len(text.split()) * 4 // 3)
    found = next(
        passage
        for passage in passages
        if passage.page_number == check.page and position_in(check, normalised(passage.text)) is not None
    )
    return found, read.boxes[found.page_number][found.start : found.end]


def drawn(path: Path, passage: Passage, boxes: Boxes) -> bytes:
    """Return the page of a passage with the passage marked, as PNG."""
    with pypdfium2.PdfDocument(path) as opened:
        page = opened[passage.page_number - 1]
        bitmap = page.render(scale=WIDTH / page.get_width(), rev_byteorder=True)
        pixels = np.array(bitmap.to_numpy()[:, :, :3], np.uint8)
    for line in lines_of(boxes):
        mark(pixels, line)
    return png_of(pixels)


if __name__ == "__main__":
    sys.exit(main())

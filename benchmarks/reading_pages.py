"""Check that sentences seen on rendered pages are read word for word, on their page, with their label and section.

    python benchmarks/reading_pages.py [FOLDER]

``reading_pages.jsonl`` names sentences that a person picked by looking at rendered pages of ../shared/documents. The documents are
other people's, so a sentence is kept as its first and last words and the SHA-256 of all of it, after ``normalised``. The same
sentences are looked for in what pypdf alone and pdftotext (poppler) give for each page.
"""

import hashlib
import json
import logging
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf
from pypdf.errors import PyPdfError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.records import Document, Kind
from index.text.splitting import Geometry, split_pages
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent.parent / "shared" / "documents"
NEEDED_RECOVERED = 0.98

Pages = dict[int, str]
_SAME = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\u2010": "-", "\u2011": "-", "–": "-", "—": "-", "−": "-", "\u00ad": ""}
)


@dataclass(frozen=True, slots=True)
class Check:
    """A sentence that stands on a page."""

    document: str
    page: int  # 1-based
    label: str  # as printed, empty where none is
    section: str  # the nearest heading above, empty where there is none
    kind: str  # what makes it hard to read
    first: str  # three words
    last: str  # three words
    characters: int
    sha256: str


def normalised(text: str) -> str:
    """Return a text with one kind of space, quotation mark and dash, and ligatures and raised digits spelled out."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SAME).split())


def check_of(document: str, page: int, label: str, section: str, kind: str, sentence: str) -> Check:
    """Return the check of a sentence, without the sentence."""
    text = normalised(sentence)
    words = text.split()
    first, last = " ".join(words[:3]), " ".join(words[-3:])
    return Check(document, page, label, section, kind, first, last, len(text), hashlib.sha256(text.encode()).hexdigest())


def position_in(check: Check, text: str) -> int | None:
    """Return where a sentence begins in a normalised text, or nothing where it does not stand there word for word."""
    for found in re.finditer(re.escape(check.first), text):
        piece = text[found.start() : found.start() + check.characters]
        if piece.endswith(check.last) and hashlib.sha256(piece.encode()).hexdigest() == check.sha256:
            return found.start()
    return None


def with_pypdf(path: Path) -> Pages:
    """Return the text of each page by pypdf alone."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: Pages = {}
    for number, page in enumerate(pypdf.PdfReader(path).pages, start=1):
        try:
            pages[number] = page.extract_text()
        except PyPdfError:
            pages[number] = ""
    return pages


def with_pdftotext(path: Path) -> Pages:
    """Return the text of each page by pdftotext."""
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return dict(enumerate(done.stdout.decode("utf-8", errors="replace").split("\f"), start=1))


def with_ours(path: Path) -> Pages:
    """Return the text of each page by our reader."""
    return {page.number: page.text for page in read_file(path, ReadingOptions()).pages}


def table(checks: list[Check], folder: Path, name: str, read: Callable[[Path], Pages]) -> tuple[int, int, list[Check]]:
    """Return how many sentences a reader recovers, how many of them on their page, and those it loses."""
    recovered, right, lost = 0, 0, list[Check]()
    for path in sorted({folder / check.document for check in checks}):
        pages = {number: normalised(text) for number, text in read(path).items()}
        for check in [check for check in checks if check.document == path.name]:
            found = [number for number, text in pages.items() if position_in(check, text) is not None]
            recovered += bool(found)
            right += found == [check.page]
            if not found:
                lost.append(check)
    print(f"{name:10} recovered {recovered}/{len(checks)} = {recovered / len(checks):.1%}; page right {right}/{recovered}")
    return recovered, right, lost


def misplaced(checks: list[Check], folder: Path) -> Iterator[str]:
    """Yield a line for every sentence of ours whose label or section is not the one seen on the page, or that no passage holds."""
    for path in sorted({folder / check.document for check in checks}):
        read = read_file(path, ReadingOptions())
        document = Document("benchmark", read.metadata.title, Kind.ORIGINAL)
        passages = split_pages(document, read.pages, Geometry(), lambda text: len(text.split()) * 4 // 3)
        labels = {page.number: page.label or "" for page in read.pages}
        for check in [check for check in checks if check.document == path.name]:
            if labels.get(check.page, "") != check.label:
                yield f"label  {check.document} p. {check.page}: {labels.get(check.page)!r}, not {check.label!r}"
            held = [p for p in passages if p.page_number == check.page and position_in(check, normalised(p.text)) is not None]
            if not held:
                yield f"split  {check.document} p. {check.page}: {check.first}…"
            elif check.section and normalised(check.section).lower() not in {
                normalised(part).lower() for part in held[0].section
            }:
                yield f"section {check.document} p. {check.page}: {held[0].section}, not {check.section!r}"


def main() -> int:
    """Print the tables."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    checks = [Check(**json.loads(line)) for line in (HERE / "reading_pages.jsonl").read_text(encoding="utf-8").splitlines()]
    print(f"{len(checks)} sentences of {len({check.document for check in checks})} documents")
    recovered, right, lost = table(checks, folder, "ours", with_ours)
    table(checks, folder, "pypdf", with_pypdf)
    if shutil.which("pdftotext"):
        table(checks, folder, "pdftotext", with_pdftotext)
    for check in lost:
        print(f"lost   {check.document} p. {check.page} ({check.kind}): {check.first} … {check.last}")
    places = list(misplaced(checks, folder))
    print("\n".join(places) or "every label and section is right")
    return 0 if recovered >= NEEDED_RECOVERED * len(checks) and right == recovered else 1


if __name__ == "__main__":
    raise SystemExit(main())

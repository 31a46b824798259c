"""Small files made by the tests themselves."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest


def _escaped(text: str, encoding: str) -> bytes:
    raw = text.encode(encoding)
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _shown(piece: tuple[Any, ...]) -> bytes:
    x, y, size, text, *font = piece
    name, matrix = [*font, "F1"][0], b"1 0 0 1"
    if len(font) > 1:
        matrix = str(font[1]).encode()
    return b"BT /%s %g Tf %s %g %g Tm (%s) Tj ET\n" % (str(name).encode(), size, matrix, x, y, _escaped(str(text), "cp1252"))


def pdf_bytes(pages, rotate=0, size=(595, 842), extra=b"", content=None) -> bytes:
    """Return a PDF whose pages show pieces of text: (x, y from below, size, text[, font[, matrix]]).

    F1 is Helvetica, F2 its bold, F3 Helvetica in the Mac's encoding, F4 its italic, F5 Courier, F6 Wingdings. ``extra`` goes into the
    catalogue, ``content`` replaces the content of every page.
    """
    objects = [b"", b""]  # catalogue and page tree come last
    fonts = (
        ("Helvetica", "WinAnsi"),
        ("Helvetica-Bold", "WinAnsi"),
        ("Helvetica", "MacRoman"),
        ("Helvetica-Oblique", "WinAnsi"),
        ("CourierNewPSMT", "WinAnsi"),
        ("Wingdings-Regular", "WinAnsi"),
    )
    for font, encoding in fonts:
        objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/%sEncoding>>" % (font.encode(), encoding.encode()))
    kids = []
    for pieces in pages:
        stream = zlib.compress(content if content is not None else b"".join(_shown(piece) for piece in pieces))
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Rotate %d/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R/F2 4 0 R/F3 5 0 R/F4 6 0 R/F5 7 0 R/F6 8 0 R>>>>>>" % (*size, rotate, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R%s>>" % extra
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % place for place in places
    )
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


@pytest.fixture
def make_pdf(tmp_path):
    """Return a function that writes a PDF and returns its path."""

    def write(pages, name="file.pdf", **options: Any) -> Path:
        path: Path = tmp_path / name
        path.write_bytes(pdf_bytes(pages, **options))
        return path

    return write


@pytest.fixture
def make_zip(tmp_path):
    """Return a function that writes a zipped document and returns its path."""

    def write(name: str, members: dict[str, str | bytes]) -> Path:
        path: Path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return write


def lines(texts, x=72, top=700, step=14, size=12, font="F1"):
    """Return pieces of text one below the other."""
    return [(x, top - index * step, size, text, font) for index, text in enumerate(texts)]


@pytest.fixture(name="lines")
def lines_fixture():
    """Return the function that sets lines one below the other."""
    return lines

"""Tables: an empty cell keeps its place, so that no price stands under the wrong column, whatever the format."""

import pytest

from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file
from tests.ingest.readers.test_formats import P, R, docx_members, word

OPTIONS = ReadingOptions(ocr=False)
HALLS = [("Hall", "Rate", "Deposit"), ("Kitchen", "", "£50"), ("Field", "£40", ""), ("", "£9", "£20")]
AS_ROWS = "Hall | Rate | Deposit\nKitchen | | £50\nField | £40 |\n| £9 | £20"


def text_of(path):
    """Return the text of the only page record."""
    (page,) = read_file(path, OPTIONS).pages
    return page.text


def in_word(make_zip):
    """Return a Word document with the table."""
    rows = "".join(f"<w:tr>{''.join(f'<w:tc>{word(cell)}</w:tc>' for cell in row)}</w:tr>" for row in HALLS)
    members = docx_members(f"<w:tbl>{rows}</w:tbl>")
    return make_zip("halls.docx", {name: content for name, content in members.items() if "footnotes" not in name})


def in_open_document(make_zip):
    """Return an OpenDocument text with the table."""
    rows = "".join(
        "<b:table-row>" + "".join(f"<b:table-cell><t:p>{cell}</t:p></b:table-cell>" for cell in row) + "</b:table-row>"
        for row in HALLS
    )
    content = f'<o:text xmlns:o="o" xmlns:t="t" xmlns:b="b"><b:table>{rows}</b:table></o:text>'
    return make_zip("halls.odt", {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def in_slide(make_zip):
    """Return a presentation with the table."""
    rows = "".join(
        "<a:tr>" + "".join(f"<a:tc><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:tc>" for cell in row) + "</a:tr>"
        for row in HALLS
    )
    return make_zip(
        "halls.pptx",
        {
            "ppt/presentation.xml": '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldId r:id="r1"/></p:presentation>',
            "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{P}"><Relationship Id="r1" Type="{R}/slide" Target="s1.xml"/>'
            "</Relationships>",
            "ppt/s1.xml": f'<p:sld xmlns:p="p" xmlns:a="a"><a:tbl>{rows}</a:tbl></p:sld>',
        },
    )


@pytest.mark.parametrize("written", [in_word, in_open_document, in_slide])
def test_an_empty_cell_of_a_zipped_format_keeps_its_place(make_zip, written):
    """Word, OpenDocument and slides."""
    assert text_of(written(make_zip)) == AS_ROWS


def test_an_empty_cell_of_a_web_page_of_markdown_and_of_rich_text_keeps_its_place(tmp_path):
    """The same rows from each."""
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in HALLS)
    (tmp_path / "halls.html").write_text(f"<html><body><table>{rows}</table></body></html>")
    lines = ["| " + " | ".join(row) + " |" for row in HALLS]
    (tmp_path / "halls.md").write_text("\n".join([lines[0], "|---|---|---|", *lines[1:]]))
    cells = "".join(r"{\trowd " + "".join(cell + r"\cell " for cell in row) + r"\row}" for row in HALLS).replace("£", r"\'a3")
    (tmp_path / "halls.rtf").write_text(r"{\rtf1\ansi " + cells + "}")
    for name in ("halls.html", "halls.md", "halls.rtf"):
        assert text_of(tmp_path / name) == AS_ROWS, name


def test_a_cell_that_spans_columns_or_rows_leaves_the_places_that_it_takes(tmp_path):
    """What follows it stands under its own column."""
    (tmp_path / "spans.html").write_text(
        "<html><body><table><tr><th>Hall</th><th>Day</th><th>Night</th></tr><tr><td rowspan=2>Main</td><td>£1</td><td>£2</td></tr>"
        "<tr><td>£3</td><td>£4</td></tr><tr><td>Field</td><td colspan=2>free</td></tr><tr><td colspan=2>Yard</td><td>£5</td></tr>"
        "</table></body></html>"
    )
    assert text_of(tmp_path / "spans.html").split("\n") == [
        "Hall | Day | Night",
        "Main | £1 | £2",
        "| £3 | £4",
        "Field | free |",
        "Yard | | £5",
    ]


def placed(rows, lefts=(72, 200, 320)):
    """Return the cells of a table as pieces of a page, empty ones left out."""
    return [
        (left, 600 - 20 * n, 12, cell) for n, row in enumerate(rows) for left, cell in zip(lefts, row, strict=True) if cell
    ]


def test_an_empty_cell_of_a_pdf_keeps_its_place(make_pdf):
    """At the beginning, in the middle and at the end of a row."""
    rows = [*HALLS[:1], ("Main", "£24", "£100"), *HALLS[1:]]
    expected = "Hall | Rate | Deposit\nMain | £24 | £100\nKitchen | | £50\nField | £40 |\n| £9 | £20"
    assert text_of(make_pdf([placed(rows)])) == expected


def test_a_row_that_does_not_fit_the_columns_stays_as_it_was(make_pdf):
    """A cell that stands under two columns is not put under one of them by guess."""
    rows = [("Hall", "Rate", "Deposit"), ("Main", "£24", "£100"), ("Field", "£40", "£60")]
    wide = [(150, 540, 12, "closed to all from May until autumn of this year"), (60, 540, 12, "Yard")]
    assert (
        text_of(make_pdf([placed(rows) + wide])).split("\n")[-1] == "Yard | closed to all from May until autumn of this year"
    )

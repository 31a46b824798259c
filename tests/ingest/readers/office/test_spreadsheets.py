"""Spreadsheets: every cell with its column's name, a citation that says which rows, and limits."""

import io
from datetime import date

import openpyxl
import pytest

from index.errors import UnreadableDocument
from ingest.readers.office import sheet_rows
from ingest.readers.office.sheets import shown
from ingest.readers.read_document import FileLimits, PageStatus, ReadingOptions
from ingest.readers.read_file import read_file

OPTIONS = ReadingOptions()
HALLS = [["Hall", "Hourly rate", "Deposit"], ["Main hall", "£24", "£100"], ["Kitchen", "", "£50"], ["Field", "£40", ""]]
NAMED = "Hall: Main hall | Hourly rate: £24 | Deposit: £100\nHall: Kitchen | Deposit: £50\nHall: Field | Hourly rate: £40"


def sections(path):
    """Return (path of headings, text) of each page record."""
    return [(page.section, page.text) for page in read_file(path, OPTIONS).pages]


def workbook(path, sheets):
    """Write a workbook of sheets, each a name and its rows; returns its path."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell or None for cell in row])
    book.save(path)
    return path


def ods_content(rows, style=""):
    """Return the content of an OpenDocument spreadsheet with one sheet."""
    cells = [
        "".join(f"<t:table-cell><x:p>{cell}</x:p></t:table-cell>" if cell else "<t:table-cell/>" for cell in row)
        for row in rows
    ]
    body = "".join(f"<t:table-row>{row}</t:table-row>" for row in cells)
    empty = '<t:table-row t:number-rows-repeated="1048000"><t:table-cell t:number-columns-repeated="16000"/></t:table-row>'
    hidden = '<s:style s:name="gone"><s:table-properties t:display="false"/></s:style>'
    return (
        f'<o:document-content xmlns:o="o" xmlns:t="t" xmlns:x="x" xmlns:s="s">{hidden}'
        f'<t:table t:name="Fees" t:style-name="{style}">{body}{empty}</t:table></o:document-content>'
    )


@pytest.mark.parametrize("parted_by", [",", ";", "\t"])
def test_a_table_of_values_is_read_with_the_names_of_its_columns(tmp_path, parted_by):
    """An empty cell is left out, and no price stands under another column."""
    path = tmp_path / "halls.csv"
    path.write_text("\n".join(parted_by.join(row) for row in HALLS), encoding="utf-8")
    assert sections(path) == [((), NAMED)]
    assert read_file(path, OPTIONS).media_type == "text/csv"


def test_values_in_quotation_marks_stay_whole(tmp_path):
    """A comma or a line break inside one parts nothing."""
    path = tmp_path / "halls.csv"
    path.write_text('Hall,Note\n"Main, upstairs","by\nnight"\n')
    assert sections(path) == [((), "Hall: Main, upstairs | Note: by night")]


def test_without_names_a_row_stays_a_row_with_its_empty_cells(tmp_path):
    """Numbers in the first row are values, not names."""
    path = tmp_path / "counts.csv"
    path.write_text("Main hall,24,100\nKitchen,,50\n")
    assert sections(path) == [((), "Main hall | 24 | 100\nKitchen | | 50")]


def test_the_sheets_of_a_workbook_are_sections_and_hidden_ones_are_not_read(tmp_path):
    """What stands above the names of the columns is text."""
    path = workbook(tmp_path / "fees.xlsx", {"Halls": [["Fees from April"], *HALLS], "Old": HALLS, "Clubs": HALLS})
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.save(path)
    assert sections(path) == [(("Halls",), f"Fees from April\n\n{NAMED}"), (("Clubs",), NAMED)]


def test_a_workbook_shows_values_by_their_format(tmp_path):
    """Twenty-four pounds are not 24, and a formula gives what it was saved with."""
    assert [shown(24, '"£"#,##0.00'), shown(-1200.5, "£#,##0.00"), shown(0.2, "0%"), shown(1234.5, "General")] == [
        "£24.00",
        "-£1,200.50",
        "20%",
        "1234.5",
    ]
    assert (shown(date(2026, 4, 1), "dd/mm/yyyy"), shown(True, "General"), shown(None, "General")) == (
        "2026-04-01",
        "TRUE",
        "",
    )


def test_an_open_document_spreadsheet_is_read_as_it_is_shown(make_zip):
    """The million empty rows at its end cost nothing; a hidden sheet is not read."""
    members = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ods_content(HALLS)}
    assert sections(make_zip("fees.ods", members)) == [((), NAMED)]
    hidden = {**members, "content.xml": ods_content(HALLS, "gone")}
    assert sections(make_zip("hidden.ods", hidden)) == []


def test_many_rows_are_parted_so_that_a_citation_says_which(tmp_path):
    """And those beyond the most that are read are reported, not dropped in silence."""
    path = tmp_path / "long.csv"
    path.write_text("Name,Street\n" + "".join(f"name {n},street {n}\n" for n in range(100)))
    found = sections(path)
    assert [section for section, _ in found] == [("rows 2 to 41",), ("rows 42 to 81",), ("rows 82 to 101",)]
    assert found[1][1].startswith("Name: name 40 | Street: street 40\n")


def test_rows_beyond_the_most_are_reported(tmp_path, monkeypatch):
    """The reason says what to do."""
    monkeypatch.setattr(sheet_rows, "MOST_ROWS", 3)
    path = tmp_path / "long.csv"
    path.write_text("Name,Street\na,b\nc,d\ne,f\n")
    document = read_file(path, OPTIONS)
    assert document.pages[0].text == "Name: a | Street: b\nName: c | Street: d"
    assert document.outcomes[-1].status is PageStatus.UNREADABLE
    assert "rows after the first 3 are not read" in document.outcomes[-1].reason


def test_a_workbook_that_unpacks_to_too_much_and_one_with_entities_are_refused(tmp_path, make_zip):
    """As every other zipped format."""
    path = workbook(tmp_path / "fees.xlsx", {"Halls": HALLS})
    with pytest.raises(UnreadableDocument, match="unpacks to"):
        read_file(path, ReadingOptions(limits=FileLimits(most_unpacked_bytes=1000)))
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    with pytest.raises(UnreadableDocument, match="its sheets cannot be read"):
        read_file(make_zip("laughs.xlsx", {"xl/workbook.xml": laughs, "[Content_Types].xml": laughs}), OPTIONS)


def test_a_workbook_with_formulas_gives_no_formulas(tmp_path):
    """What was never calculated has no value to quote."""
    book = openpyxl.Workbook()
    book.active.append(["Hall", "Rate"])
    book.active.append(["Main hall", "=1+1"])
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "sums.xlsx"
    path.write_bytes(content.getvalue())
    assert sections(path) == [((), "Hall: Main hall")]


def test_a_cell_far_down_a_sheet_costs_nothing(tmp_path):
    """The empty rows above it are stepped over; what lies beyond the rows that are looked at is not there."""
    book = openpyxl.Workbook()
    book.active.append(["Hall", "Rate"])
    book.active.append(["Main hall", "£24"])
    book.active.cell(row=90_000, column=2, value="£9")
    path = tmp_path / "far.xlsx"
    book.save(path)
    assert sections(path) == [((), "Hall: Main hall | Rate: £24\nRate: £9")]

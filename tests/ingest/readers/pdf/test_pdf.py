"""PDF: the order of reading, what repeats, headings, words parted at line ends, and where every character stands."""

import io

import numpy as np
import pypdf
import pytest

from ingest.readers.pdf.reader import read_pdf
from ingest.readers.read_document import PageStatus, ReadingOptions

OPTIONS = ReadingOptions(ocr=False)
LEFT = ["Every council keeps a list of the", "places that people value, and it", "says so in plain words here."]
RIGHT = ["A group may ask to be treated as", "a bidder within six weeks of the", "notice that an owner gives."]
BODY = ["Anyone may read the list at any time of the day, and the council has to say where", "it is kept for everybody."]


def texts(path):
    """Return the text of each page."""
    return [page.text for page in read_pdf(path, OPTIONS).pages]


@pytest.mark.parametrize("straight_across", [False, True])
def test_columns_are_read_one_after_the_other(make_pdf, lines, straight_across):
    """The left column comes first, whether the file writes column by column or line by line across both."""
    left, right = lines(LEFT * 4, x=60), lines(RIGHT * 4, x=320)
    pieces = [piece for pair in zip(left, right, strict=True) for piece in pair] if straight_across else left + right
    (text,) = texts(make_pdf([pieces]))
    assert text.index("says so in plain words here.") < text.index("A group may ask")
    assert "Every council keeps a list of the places that people value, and it says so in plain words here." in text


def test_three_columns_are_read_from_left_to_right(make_pdf, lines):
    """More columns make no difference."""
    words = ["first column text", "second column text", "third column text"]
    pieces = [
        piece for index, word in enumerate(words) for piece in lines([f"{word} {n}" for n in range(8)], x=50 + 180 * index)
    ]
    (text,) = texts(make_pdf([pieces]))
    assert text.index("first column text 7") < text.index("second column text 0")
    assert text.index("second column text 7") < text.index("third column text 0")


def test_a_table_is_read_row_by_row(make_pdf):
    """Cells of a row stay beside each other, parted by a bar, and rows are kept together."""
    rows = [
        ("Bus pass", "free", "2012"),
        ("Library card", "free", "2013"),
        ("Hall hire", "12.50", "2014"),
        ("Allotment", "30.00", "2015"),
    ]
    pieces = [(x, 600 - 20 * n, 12, cell) for n, row in enumerate(rows) for x, cell in zip((72, 250, 400), row, strict=True)]
    (page,) = read_pdf(make_pdf([pieces]), OPTIONS).pages
    assert page.text.split("\n") == [" | ".join(row) for row in rows]
    assert page.keep_together == ((0, len(page.text)),)


def test_running_heads_feet_and_page_numbers_are_taken_away_where_they_repeat(make_pdf, lines):
    """What stands on every page at the same edge is no part of the text; the printed number becomes the label."""
    pages = [
        [
            (72, 800, 9, "A guide to bids"),
            *lines([BODY[0], f"it is kept for everybody, number {n}."]),
            (290, 30, 9, str(n + 4)),
        ]
        for n in range(5)
    ]
    pages[2].append((72, 780, 9, "Only here, near the head"))
    document = read_pdf(make_pdf(pages), OPTIONS)
    assert [page.label for page in document.pages] == ["4", "5", "6", "7", "8"]
    assert not any("A guide to bids" in page.text for page in document.pages)
    assert "Only here, near the head" in document.pages[2].text
    assert document.pages[0].text == f"{BODY[0]} it is kept for everybody, number 0."


def test_heads_of_chapters_stay_though_they_repeat_but_for_a_number(make_pdf, lines):
    """Large type at the head of a page is a heading of the text, not a running head."""
    pages = [[(72, 780, 24, f"Appendix {n}"), *lines([BODY[0], f"it is kept for everybody, number {n}."])] for n in range(5)]
    read = read_pdf(make_pdf([lines(["A guide to bids"], size=40), *pages]), OPTIONS).pages
    assert [heading.text for page in read for heading in page.headings] == [f"Appendix {n}" for n in range(5)]


def test_page_labels_of_the_file_are_used(make_pdf, lines):
    """Roman numbers for the front matter, then from 1."""
    labels = b"/PageLabels<</Nums[0<</S/r>>2<</S/D>>]>>"
    document = read_pdf(make_pdf([lines([f"Text {n}"]) for n in range(4)], extra=labels), OPTIONS)
    assert [page.label for page in document.pages] == ["i", "ii", "1", "2"]


def test_printed_numbers_win_over_labels_that_only_count_pages(make_pdf, lines):
    """Some programs write labels 1, 2, 3 into every file, whatever is printed."""
    pages = [[*lines([f"Some text {n}."]), (290, 30, 9, f"Page {n + 3} of 9")] for n in range(4)]
    document = read_pdf(make_pdf(pages, extra=b"/PageLabels<</Nums[0<</S/D>>]>>"), OPTIONS)
    assert [page.label for page in document.pages] == ["3", "4", "5", "6"]


def test_words_parted_at_a_line_end_are_joined(make_pdf, lines):
    """The hyphen goes unless it belongs to the word, by how the document writes it elsewhere."""
    text = [
        "The council must publish its infor-",
        "mation for local decision-",
        "makers and every sub-national body that is self-",
        "employed, as decision-makers know.",
    ]
    assert texts(make_pdf([lines(text)])) == [
        "The council must publish its information for local decision-makers and every sub-national body that is self-employed, as "
        "decision-makers know."
    ]


def test_headings_give_the_section_of_what_follows_also_on_later_pages(make_pdf, lines):
    """Larger and bold type makes a heading; its level is its depth."""
    first = [
        *lines(["Rights"], top=750, size=20),
        *lines(BODY, top=700),
        *lines(["Who may bid"], top=650, size=14, font="F2"),
        *lines(BODY, top=620),
    ]
    second = [
        *lines(BODY, top=700),
        *lines(["Deadlines"], top=650, size=14, font="F2"),
        *lines(BODY, top=620),
        *lines(["Duties"], top=560, size=20),
    ]
    pages = read_pdf(make_pdf([lines(["Cover"], size=40), first, second]), OPTIONS).pages
    assert [(h.level, h.text) for h in pages[1].headings] == [(1, "Rights"), (2, "Who may bid")]
    assert pages[2].section == ("Rights", "Who may bid")
    assert [(h.level, h.text) for h in pages[2].headings] == [(2, "Deadlines"), (1, "Duties")]
    assert all(page.text[h.start : h.end] == h.text for page in pages for h in page.headings)


def test_a_lettered_line_in_italics_is_a_heading_where_text_follows(make_pdf, lines):
    """Under the headings in bold type; an entry of a list in italics is none."""
    pages = [
        lines(["Cover"], size=40),
        [
            *lines(["Awards"], top=750, size=20),
            *lines(["a) Unfair dismissal"], top=700, font="F4"),
            *lines(BODY, top=670),
            *lines(["b) Costs and interest"], top=600, font="F4"),
            *lines(["c) Other awards"], top=575, font="F4"),
            *lines(BODY, top=545),
        ],
    ]
    (_, page) = read_pdf(make_pdf(pages), OPTIONS).pages
    assert [(heading.level, heading.text) for heading in page.headings] == [(1, "Awards"), (2, "a) Unfair dismissal")]


def test_an_outline_makes_headings_of_what_stands_out_a_little(make_pdf, lines):
    """An italic line is no heading by its type, but by the outline; plain text is none in spite of it."""
    path = make_pdf(
        [lines(["Cover"], size=30), [*lines(["WHO MAY BID"]), *lines(BODY, top=670), *lines(["Plain words."], top=600)]]
    )
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_outline_item(title="Who may bid", page_number=1)
    writer.add_outline_item(title="Plain words", page_number=1)
    writer.write(path)
    assert [heading.text for heading in read_pdf(path, OPTIONS).pages[1].headings] == ["WHO MAY BID"]


def test_a_list_is_kept_together_with_its_introduction(make_pdf, lines):
    """Entries stand on lines of their own, continued lines join theirs."""
    text = [
        "You need:",
        "\u2022 a name and an address where",
        "   people can write to you",
        "\u2022 a reason",
        "\u2022 a plan",
    ]
    (page,) = read_pdf(make_pdf([lines(text)]), OPTIONS).pages
    assert page.text == "You need:\n\n• a name and an address where people can write to you\n• a reason\n• a plan"
    assert page.keep_together == ((0, len(page.text)),)


def test_a_list_whose_bullets_are_pictures_is_kept_together(make_pdf, lines):
    """Indented entries behind a colon that begin small and are parted by semicolons; other indented text is no list."""
    entries = ["publish the list, and say where it is;", "keep it up to date; and", "answer letters."]
    pieces = [*lines(BODY * 3, top=790), *lines(["The council must:"]), *lines(["Others may not."], top=590)]
    for number, words in enumerate(entries):
        pieces[-1:-1] = lines([words], x=100, top=675 - 25 * number)
    (page,) = read_pdf(make_pdf([pieces]), OPTIONS).pages
    listed = "The council must:\n\n" + "\n".join(entries)
    assert page.text.endswith(f"\n\n{listed}\n\nOthers may not.")
    start = page.text.index("The council must:")
    assert page.keep_together == ((start, start + len(listed)),)


def test_notes_are_raised_in_the_text_and_stand_apart_below_it(make_pdf, lines):
    """The mark of a note is not read as part of a number, the note not as part of the last sentence."""
    pieces = [
        *lines(["The council has six weeks."]),
        (215, 705, 7, "12"),
        (72, 90, 8, "12"),
        (85, 90, 8, "Localism Act 2011."),
    ]
    (text,) = texts(make_pdf([pieces]))
    assert text.split("\n\n") == ["The council has six weeks.¹²", "12 Localism Act 2011."]


def test_a_note_at_the_foot_of_a_column_does_not_part_a_sentence(make_pdf, lines):
    """The sentence goes on in the next column; the note comes after it."""
    left = [
        *lines([*LEFT, *LEFT[:2]], x=60),
        *lines(["1 See the Act of that year, which", "says more about the matter."], x=60, top=250, size=8),
    ]
    (text,) = texts(make_pdf([left + lines([LEFT[2], *RIGHT], x=320)]))
    assert "places that people value, and it says so in plain words here. A group may ask" in text
    assert text.endswith("1 See the Act of that year, which says more about the matter.")


def test_dots_that_lead_to_a_page_number_are_cut_to_three(make_pdf):
    """A line of contents would otherwise fill a passage with dots."""
    assert texts(make_pdf([[(72, 700, 12, "Who may bid" + "." * 60 + "14")]])) == ["Who may bid... 14"]


def test_ligatures_are_spelled_out(make_pdf):
    """A reader sees two letters where the file has one character."""
    assert texts(make_pdf([[(72, 700, 12, "the \u00de\u00d7 office".encode("cp1252").decode("cp1252"), "F3")]]))[0].startswith(
        "the fi"
    )


def test_every_character_has_its_box_on_the_page(make_pdf):
    """Boxes are shares of the page from the top left; white space has none."""
    document = read_pdf(make_pdf([[(72, 700, 20, "Six weeks")]]), OPTIONS)
    boxes = document.boxes[1].astype(float) / 65535 * (595, 842, 595, 842)
    assert document.pages[0].text == "Six weeks"
    assert boxes.shape == (9, 4)
    assert not boxes[3].any()
    assert boxes[0][0] == pytest.approx(72, abs=2)
    assert boxes[0][1] < 842 - 700 < boxes[0][3] + 1
    assert all(np.diff(boxes[[0, 1, 2, 4, 5, 6, 7, 8]][:, 0]) > 0)


def test_a_page_shown_turned_is_read_and_boxed_as_it_is_shown(make_pdf):
    """/Rotate turns the page for the reader, so it turns the boxes."""
    document = read_pdf(make_pdf([[(100, 100, 20, "Turned", "F1", "0 1 -1 0")]], rotate=90), OPTIONS)
    assert document.pages[0].text == "Turned"
    x0, _, _, y1 = document.boxes[1][0].astype(float) / 65535 * (842, 595, 842, 595)
    assert (x0, y1) == (pytest.approx(100, abs=5), pytest.approx(105, abs=8))


def test_a_page_set_sideways_is_read_in_its_own_direction(make_pdf, lines):
    """A table set along the page's side is read as if the page were turned, and its boxes stay where it stands."""
    pieces = [(200 + 16 * n, 100, 12, text, "F1", "0 1 -1 0") for n, text in enumerate([*LEFT, *RIGHT])]
    document = read_pdf(make_pdf([pieces]), OPTIONS)
    assert document.pages[0].text.startswith("Every council keeps a list of the places that people value")
    x0, y0, x1, y1 = document.boxes[1][0].astype(float) / 65535 * (595, 842, 595, 842)
    assert 185 < x0 < x1 < 206
    assert 730 < y0 < y1 < 745


def test_blank_pages_are_told_from_pictures_without_text(make_pdf, lines):
    """Nothing is skipped in silence: each page has its outcome and its reason."""
    path = make_pdf([lines(["Text."]), []])
    picture = pypdf.PdfReader(io.BytesIO(make_pdf([[]], name="p.pdf", content=b"0 0 0 rg 100 100 300 300 re f").read_bytes()))
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_page(picture.pages[0])
    writer.write(path)
    document = read_pdf(path, OPTIONS)
    assert [(outcome.status, outcome.reason) for outcome in document.outcomes] == [
        (PageStatus.READ, ""),
        (PageStatus.EMPTY, "a blank page"),
        (PageStatus.UNREADABLE, "the page shows something but holds no text; OCR is switched off"),
    ]
    assert (document.page_count, len(document.pages)) == (3, 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Microsoft Word - draft7.doc", "Keeping the pub"),  # a program's
        ("The Empowerment Fund", "Keeping the pub"),  # another document's
        ("Keeping The Pub", "Keeping The Pub"),  # the same, as the file spells it
        ("Keeping the pub: a guide for groups", "Keeping the pub: a guide for groups"),  # which the page begins
    ],
)
def test_the_title_is_what_a_reader_sees_on_the_first_page(make_pdf, lines, given, expected):
    """Metadata only spell it out."""
    path = make_pdf([[*lines(["Keeping the pub"], size=30), *lines(BODY, top=600)]])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_metadata({"/Title": given, "/Author": "A. Council", "/CreationDate": "D:20120101"})
    writer.write(path)
    metadata = read_pdf(path, OPTIONS).metadata
    assert (metadata.title, metadata.authors, metadata.published) == (expected, "", "")


def test_the_title_of_a_page_without_words_is_the_files_own(make_pdf, lines):
    """A cover that is a picture shows none that can be read; a page of plain sentences shows none either."""
    path = make_pdf([[], [], [], lines(BODY)])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_metadata({"/Title": "Keeping the pub"})
    writer.write(path)
    assert read_pdf(path, OPTIONS).metadata.title == "Keeping the pub"
    assert read_pdf(make_pdf([lines(BODY)]), OPTIONS).metadata.title == ""


def test_what_tells_two_notices_apart_is_in_their_titles(make_pdf, lines):
    """Everything is set in one size: the short lines at the head are the title, all of them."""
    head = ["SOME BOROUGH COUNCIL", "Planning Act 2004", "NOTICE OF ADOPTION", "Housing supplement"]
    pieces = [piece for n, line in enumerate(head) for piece in lines([line], top=750 - 40 * n)]
    metadata = read_pdf(make_pdf([[*pieces, *lines(BODY, top=500)]]), OPTIONS).metadata
    assert (metadata.title, metadata.published) == (" ".join(head), "")


def test_the_year_is_the_one_that_the_first_page_prints_as_its_date(make_pdf, lines):
    """And the author one whom it names."""
    path = make_pdf(
        [[*lines(["Keeping the pub"], size=30), *lines(["July 2016"], top=600), *lines(["By Ann Other"], top=500)]]
    )
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_metadata({"/Author": "Ann Other", "/CreationDate": "D:20200101"})
    writer.write(path)
    metadata = read_pdf(path, OPTIONS).metadata
    assert (metadata.title, metadata.authors, metadata.published) == ("Keeping the pub", "Ann Other", "2016")

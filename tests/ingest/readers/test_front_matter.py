"""Title, year and author: what a reader sees before what a program noted."""

import pytest

from ingest.readers.front_matter import given_title, metadata_of, metadata_of_blocks, named_author, year_of
from ingest.readers.read_document import FileMetadata
from ingest.readers.sections import Block, BlockKind


@pytest.mark.parametrize(
    "title",
    "Microsoft Word - foo.doc|untitled|Layout 1|PowerPoint Presentation|Document1|Slide 1|guide.indd|QuarkXPress(tm): cover"
    "|C:\\Users\\ann\\guide|annual_report_final|Title of report|12|INDG232 rev2.pdf|Book1|Untitled-3|Adobe InDesign CS5|".split(
        "|"
    ),
)
def test_what_programs_templates_and_file_names_set_is_no_title(title):
    """Nobody would cite a document by it."""
    assert given_title(title) == ""


@pytest.mark.parametrize("title", ["The report of the hall committee", "Layout of the village hall", "Tests for halls"])
def test_what_people_wrote_is_a_title(title):
    """A word that programs use as well is no reason to drop it; a title that stands there twice is one."""
    assert given_title(title) == title
    assert given_title(f"{title}  {title}") == title


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["Keeping the pub", "July 2016"], "2016"),
        (["MARCH 2007"], "2007"),
        (["Published: 3rd May 2019."], "2019"),
        (["DATE LAID 28 OCTOBER 2010"], "2010"),
        (["© Crown copyright 2004"], "2004"),
        (["2019", "May 2019"], "2019"),
        (["Localism Act 2011", "as it stood in May 2012, in short"], ""),  # of an Act, in a sentence
        (["May 2011", "June 2012"], ""),  # two: which is it?
        (["3 May"], ""),
    ],
)
def test_the_year_is_printed_as_the_date_of_the_document_or_there_is_none(lines, year):
    """A wrong year is worse than none."""
    assert year_of(lines) == year


@pytest.mark.parametrize(
    ("authors", "page", "named"),
    [
        ("Ann Other", "The pub, by ann  other", True),
        ("Health Executive (HE)", "Health Executive: guidance", True),
        ("Ann Other; Bob Second", "by Ann Other", False),
        ("pawright", "pawright wrote this", False),  # a login name
        ("Terry", "Business leases", False),
        ("Ann", "Annual report", False),
        ("", "", False),
    ],
)
def test_an_author_is_one_whom_the_first_page_names(authors, page, named):
    """Metadata alone name whoever saved the file."""
    assert named_author(authors, page) == (authors if named else "")


def test_a_title_that_stands_on_the_page_by_itself_is_taken_though_other_words_are_larger():
    """The logo is larger than the title on many a cover."""
    lines = ["ACAS", "Recruiting", "staff", "A guide in plain words"]
    assert metadata_of("ACAS", FileMetadata("Recruiting staff"), lines).title == "Recruiting staff"
    assert metadata_of("ACAS", FileMetadata("Plain words"), lines).title == "ACAS"


def test_without_pages_the_opening_heading_or_a_short_first_line_is_the_title():
    """A sentence is none; then the file's own title stands in."""
    heading, short = Block(BlockKind.HEADING, "The pub"), Block(BlockKind.PARAGRAPH, "Keeping the pub")
    text = Block(BlockKind.PARAGRAPH, "The pub is open every day but Monday.")
    said = FileMetadata("Notes of a meeting")
    found = [metadata_of_blocks(blocks, said) for blocks in ([heading, text], [short, text], [text, text])]
    assert [metadata.title for metadata, _ in found] == ["The pub", "Keeping the pub", "Notes of a meeting"]
    assert [len(blocks) for _, blocks in found] == [1, 2, 2]

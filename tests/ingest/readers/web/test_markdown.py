"""Markdown: our own notes with sources, plain files, and errors that name file and line."""

import pytest

from index.errors import CatalogueError
from index.records import Source
from ingest.readers.read_document import ReadDocument, ReadingOptions
from ingest.readers.web.markdown import read_markdown

NOTE = """+++
as_of = "2026-11-22"
jurisdiction = "England"
notice = "Not legal advice."

[sources]
LA = { title = "Localism Act 2011", url = "https://example.org/la", as_of = "1 May 2026", publisher = "HMSO" }
SI = { title = "Regulations 2012" }
+++

# The right to bid

## How long do we have?

> Source: [LA] s.95(6); [SI] reg. 13
> Applies to: Wales
> As of: 1 May 2026

Six weeks to *ask*, then
six months.

You need:

- a name
- an address

## Who may bid?

> Source: [SI]

Only a group.
"""


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a Markdown text from a file."""

    def read_text(text: str) -> ReadDocument:
        path = tmp_path / "note.md"
        path.write_text(text, encoding="utf-8")
        return read_markdown(path, ReadingOptions())

    return read_text


def test_each_section_of_a_note_is_a_page_with_its_own_sources(read):
    """The section's word wins over the header's; text has no markup."""
    document = read(NOTE)
    first, second = document.pages
    assert first.text == "Six weeks to ask, then six months.\n\nYou need:\n\n- a name\n- an address"
    assert (first.number, first.paged, first.section) == (1, False, ("How long do we have?",))
    assert first.sources == (
        Source("Localism Act 2011", "s.95(6)", "https://example.org/la", "HMSO", "1 May 2026"),
        Source("Regulations 2012", "reg. 13"),
    )
    assert (first.jurisdiction, first.as_of) == ("Wales", "1 May 2026")
    assert [first.text[a:b] for a, b in first.keep_together] == ["You need:\n\n- a name\n- an address"]
    assert (second.jurisdiction, second.as_of, second.sources) == ("England", "2026-11-22", (Source("Regulations 2012"),))
    assert document.metadata.title == "The right to bid"
    assert document.metadata.notice == "Not legal advice."


def test_a_file_without_header_is_read_plainly(read):
    """Anyone's Markdown needs no header; a block quote is text, a table keeps its rows, HTML is left out."""
    document = read(
        "Before.\n\n# One\n\n> Quoted.\n\n## Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<b>x</b>\n\n# Three\n\n```\ncode\n```\n"
    )
    assert [(page.section, page.text) for page in document.pages] == [
        ((), "Before."),
        (("One",), "Quoted."),
        (("One", "Two"), "a | b\n1 | 2\n\nx"),
        (("Three",), "code"),
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("[SI] reg. 13", "[XY] reg. 13"), r"note\.md, line 15: unknown source \[XY\]"),
        (("> Source: [SI]\n", ""), r"note\.md, line 27: section 'Who may bid\?' has no source"),
        (("[LA] s.95(6)", "LA s.95(6)"), r"note\.md, line 15: cannot read the sources"),
        (('as_of = "2026-11-22"', "as_of = 2026"), r"note\.md, line 1: the header gives 'as_of' as int"),
        (('notice = "', 'note = "'), r"note\.md, line 1: the header has an unknown key 'note'"),
        (('title = "Regulations 2012"', 'name = "Regulations"'), r"note\.md, line 8: source 'SI' needs at least a title"),
        (('jurisdiction = "England"', "jurisdiction = England"), r"note\.md, line 3: the header is not valid TOML"),
        (("+++\n\n#", "\n\n#"), r"note\.md, line 1: the header that \+\+\+ opens is never closed"),
    ],
)
def test_a_broken_note_is_refused_with_file_and_line(read, change, complaint):
    """A maintainer finds the mistake at once."""
    assert change[0] in NOTE
    with pytest.raises(CatalogueError, match=complaint):
        read(NOTE.replace(*change))

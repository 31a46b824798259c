"""The formats: declared by their readers, listed once, asked for everywhere else."""

import ast
import re
from pathlib import Path

import pytest

from index.errors import UnreadableDocument
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file
from ingest.readers.registry import FORMATS, format_named, suffixes

ROOT = Path(__file__).resolve().parents[3]


def test_no_two_formats_claim_one_name_or_type():
    """A name and a media type each lead to one reader."""
    assert len(suffixes()) == len(set(suffixes()))
    assert len({one.media_type for one in FORMATS}) == len(FORMATS)
    assert [format_named(f"Guide{suffix.upper()}") for one in FORMATS for suffix in one.suffixes] == [
        one for one in FORMATS for _ in one.suffixes
    ]
    assert format_named("guide.exe") is None


def test_every_reader_is_registered_and_nothing_else_lists_endings():
    """A new format appears in one place: its reader; the registry names that."""
    readers = ROOT / "ingest" / "readers"
    declared = {path: len(re.findall(r"^[A-Z]+ = Format\(", path.read_text(), re.MULTILINE)) for path in readers.rglob("*.py")}
    declaring = {path for path, count in declared.items() if count}
    assert sum(declared.values()) == len(FORMATS)
    known = set(suffixes()) - {".html", ".txt", ".md"}
    listing = {
        path.relative_to(ROOT).as_posix(): found
        for room in ("ingest", "bot", "index")
        for path in (ROOT / room).rglob("*.py")
        if path not in declaring and len(found := known & _texts(path)) > 1
    }
    assert listing == {}


def _texts(path):
    """Return the texts in a program."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("page", ["corpus/README.md", "ingest/readers/README.md", "README.md"])
def test_every_format_is_named_where_people_read_of_them(page):
    """By the name that its reader gives it."""
    text = (ROOT / page).read_text(encoding="utf-8").lower()
    assert [one.name for one in FORMATS if one.name.lower() not in text] == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data.json", b'{"a": 1}', "the file is JSON"),
        ("data.txt", b'[\n {"name": "hall", "rate": 24}]', "the file is JSON"),
        ("feed.xml", b'<?xml version="1.0"?><rss><title>a</title><title>b</title><title>c</title></rss>', "the file is XML"),
        ("feed.txt", b'<?xml version="1.0"?><rss><p>a</p><p>b</p><p>c</p></rss>', "the file is XML"),
        ("note.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Outlook's own format"),
        ("all.mbox", b"From ann@example.org Mon\nSubject: x\n\nHello\n", "a mailbox of many messages"),
    ],
)
def test_data_for_programs_is_refused_by_its_name(tmp_path, name, content, said):
    """With a sentence that says what to do."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableDocument, match=said):
        read_file(tmp_path / name, ReadingOptions())


def test_text_that_only_begins_like_data_is_read(tmp_path):
    """A list in brackets, and a web page that calls itself XML."""
    (tmp_path / "note.txt").write_text("[Draft] The hall is open.")
    (tmp_path / "page.txt").write_text('<?xml version="1.0"?>\n<?style?>\n<html><body><p>The hall is open.</p></body></html>')
    for name, kind in (("note.txt", "text/plain"), ("page.txt", "text/html")):
        document = read_file(tmp_path / name, ReadingOptions())
        assert (document.media_type, "The hall is open." in document.pages[0].text) == (kind, True)

"""The formats besides PDF: headings kept, notes apart, menus gone, and bad archives refused."""

import zipfile

import pytest

from index.errors import UnreadableDocument
from index.records import Heading
from ingest.readers.office.archives import parse_xml
from ingest.readers.read_document import FileLimits, PageStatus, ReadingOptions
from ingest.readers.read_file import read_file

OPTIONS = ReadingOptions()
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/package/2006/relationships"
RELS = f'<Relationships xmlns="{P}"><Relationship Id="r1" Type="{R}/%s" Target="%s"/></Relationships>'


def sections(path):
    """Return (path of headings, text) of each section."""
    return [(page.section, page.text) for page in read_file(path, OPTIONS).pages]


def word(text, style="", number=""):
    """Return a paragraph of a Word document."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx_members(body):
    """Return the members of a Word document."""
    styles = "".join(f'<w:style w:styleId="H{level}"><w:name w:val="heading {level}"/></w:style>' for level in (1, 2))
    numbering = '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": RELS % ("officeDocument", "word/document.xml"),
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{P}"><Relationship Id="a" Type="{R}/styles" Target="styles.xml"/>'
        f'<Relationship Id="b" Type="{R}/numbering" Target="/word/numbering.xml"/>'
        f'<Relationship Id="c" Type="{R}/footnotes" Target="footnotes.xml"/></Relationships>',
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        "word/numbering.xml": f'<w:numbering {W}>{numbering}<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:type="separator"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{word("See the Act.")}</w:footnote></w:footnotes>',
        "docProps/core.xml": '<p xmlns:dc="d"><dc:title>A pub guide</dc:title><dc:creator>A. Council</dc:creator></p>',
    }


def test_a_word_document_keeps_headings_lists_and_tables(make_zip):
    """Deleted text is gone, inserted text stays, notes come last."""
    table = f"<w:tbl><w:tr><w:tc>{word('Bid')}</w:tc><w:tc>{word('six weeks')}</w:tc></w:tr></w:tbl>"
    changed = "<w:p><w:r><w:t>It is </w:t></w:r><w:del><w:r><w:delText>not </w:delText></w:r></w:del>"
    changed += "<w:ins><w:r><w:t>so.</w:t></w:r></w:ins></w:p>"
    body = (
        word("Rights", "H1")
        + changed
        + word("Steps", "H2")
        + word("Do:")
        + word("ask", number="7")
        + word("wait", number="7")
        + table
    )
    path = make_zip("guide.docx", docx_members(body))
    assert sections(path) == [
        ((), "It is so."),
        (("Steps",), "Do:\n\n1. ask\n2. wait\n\nBid | six weeks\n\nSee the Act."),
    ]
    metadata = read_file(path, OPTIONS).metadata
    # The heading is what a reader sees first; nobody sees the title and the author that the program noted.
    assert (metadata.title, metadata.authors) == ("Rights", "")


LEVELS = [("decimal", "%1.", "1"), ("lowerRoman", "%1.%2)", "1"), ("upperLetter", "(%3)", "3")]
NUMBERING = "".join(
    f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{shown}"/></w:lvl>'
    for depth, (form, shown, start) in enumerate(LEVELS)
)


def test_the_numbers_of_a_word_list_are_those_that_a_reader_sees(make_zip):
    """Letters, Roman numbers, numbers of several depths; a list that comes back begins anew; a style may bring the number."""
    members = docx_members(
        "".join(
            word(text, number="7").replace('<w:ilvl w:val="0"/>', f'<w:ilvl w:val="{depth}"/>')
            for text, depth in [("ask", 0), ("write", 1), ("call", 1), ("wait", 2), ("bid", 0), ("pay", 1)]
        )
        + word("by style", "Listed")
        + word("was a list", "Plain").replace(
            "</w:pPr>", '<w:pPrChange><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:pPrChange></w:pPr>'
        )
    )
    members["word/numbering.xml"] = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{NUMBERING}</w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    members["word/styles.xml"] = (
        f'<w:styles {W}><w:style w:styleId="Listed"><w:name w:val="Listed"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr>'
        "</w:style></w:styles>"
    )
    ((_, text),) = sections(make_zip("lists.docx", members))
    assert text.split("\n")[:7] == [
        "1. ask",
        "  1.i) write",
        "  1.ii) call",
        "    (C) wait",
        "2. bid",
        "  2.i) pay",
        "3. by style",
    ]
    assert "\n\nwas a list" in text


def test_an_open_document_keeps_headings_lists_and_tables(make_zip):
    """Notes come after their paragraph, tracked deletions are gone."""
    body = (
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h text:outline-level="1">Rights</text:h>'
        "<text:p>Ask<text:s text:c='2'/>first"
        "<text:note><text:note-body><text:p>See the Act.</text:p></text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>inner</text:p></text:list-item></text:list>"
        "</text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
    )
    names = 'xmlns:office="o" xmlns:text="t" xmlns:table="b"'
    content = f"<office:document-content {names}><office:text>{body}</office:text></office:document-content>"
    path = make_zip("guide.odt", {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})
    assert sections(path) == [((), "Ask  first.\n\nSee the Act.\n\n- one\n  - inner\n\na | b")]
    assert read_file(path, OPTIONS).metadata.title == "Rights"


def test_a_book_is_read_in_the_order_of_its_spine(make_zip):
    """Navigation is left out, headings of all chapters make one tree."""
    package = (
        '<package xmlns:dc="d"><metadata><dc:title>Book</dc:title></metadata><manifest>'
        '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="one%20a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="in/book.opf"/></rootfiles></container>',
        "in/book.opf": package,
        "in/nav.xhtml": "<html><body><p>Contents</p></body></html>",
        "in/one a.xhtml": "<?xml version='1.0' encoding='utf-8'?><html><body><h1>One</h1><p>First.</p></body></html>",
        "in/two.xhtml": "<html><body><h1>Two</h1><p>Second.</p></body></html>",
    }
    assert sections(make_zip("book.epub", members)) == [(("One",), "First."), (("Two",), "Second.")]
    locked = {**members, "META-INF/encryption.xml": '<e><EncryptionMethod Algorithm="http://ns.adobe.com/adept"/></e>'}
    with pytest.raises(UnreadableDocument, match="copy-protected"):
        read_file(make_zip("locked.epub", locked), OPTIONS)


def test_a_slide_is_a_page_with_its_title_as_heading(make_zip):
    """Slides come in the order of the presentation; numbers and footers of the slide are left out."""

    def slide(title: str, *lines: str) -> str:
        body = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
        head = (
            f'<p:sp><p:nvPr><p:ph type="title"/></p:nvPr><p:txBody><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:txBody></p:sp>'
        )
        foot = '<p:sp><p:nvPr><p:ph type="sldNum"/></p:nvPr><p:txBody><a:p><a:r><a:t>9</a:t></a:r></a:p></p:txBody></p:sp>'
        return f'<p:sld xmlns:p="p" xmlns:a="a">{head}<p:sp><p:txBody>{body}</p:txBody></p:sp>{foot}</p:sld>'

    relations = "".join(f'<Relationship Id="r{n}" Type="{R}/slide" Target="slides/s{n}.xml"/>' for n in (1, 2, 3))
    members = {
        "ppt/presentation.xml": '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldId r:id="r2"/><p:sldId r:id="r1"/>'
        '<p:sldId r:id="r3"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{P}">{relations}</Relationships>',
        "ppt/slides/s1.xml": slide("Later", "alone"),
        "ppt/slides/s2.xml": slide("First", "one", "two"),
        "ppt/slides/s3.xml": '<p:sld xmlns:p="p"/>',
    }
    document = read_file(make_zip("talk.pptx", members), OPTIONS)
    assert [page.text for page in document.pages] == ["First\n\n- one\n- two", "Later\n\nalone"]
    assert document.pages[0].headings == (Heading(0, 5, 1, "First"),)
    assert document.pages[0].keep_together == ((7, 18),)
    assert (document.page_count, document.outcomes[2].status) == (3, PageStatus.EMPTY)


def test_a_web_page_is_read_without_menus_scripts_and_hidden_text(tmp_path):
    """The main text stays, with its headings, lists, tables and notes."""
    paragraph = "The council has to decide about a nomination within eight weeks of the day on which it received it. " * 3
    path = tmp_path / "page.txt"
    path.write_text(
        f"""<!doctype html><html><head><title>Council</title><script>alert('run')</script></head><body>
        <nav><a href="/">Home</a> <a href="/a">About us</a></nav><div class="cookie" style="display:none">We use cookies</div>
        <main><article><h1>Right to bid</h1><p>{paragraph}<sup>3</sup></p><h2>Steps</h2><p>{paragraph}</p>
        <ul><li>Ask the council for its list.</li><li>Send a nomination.</li></ul></article></main>
        <footer><a href="/c">Contact</a></footer></body></html>""",
        encoding="utf-8",
    )
    document = read_file(path, OPTIONS)
    everything = "\n".join(page.text for page in document.pages)
    assert document.media_type == "text/html"
    assert document.metadata.title == "Right to bid"
    assert not any(word in everything for word in ("Home", "cookies", "Contact", "alert"))
    assert document.pages[-1].section == ("Steps",)
    assert "- Ask the council for its list.\n- Send a nomination." in everything


def test_rich_text_is_read_as_paragraphs(tmp_path):
    """Codes are gone, letters beyond ASCII are right."""
    path = tmp_path / "note.doc"
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg1252 {\fonttbl\f0 Arial;}Price: \'a32.5m\par {\b Caf\'e9} at \u8220?home\u8221?.\par }"
    )
    assert sections(path) == [((), "Price: £2.5m\n\nCafé at “home”.")]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-le", b""),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
    ],
)
def test_plain_text_is_read_in_the_common_encodings(tmp_path, encoding, mark):
    """With or without a byte order mark."""
    text = "The café’s rent is £250 – for now.\r\nSecond line of the text.\r\n"
    path = tmp_path / "note.txt"
    path.write_bytes(mark + text.encode(encoding))
    assert sections(path) == [((), "The café’s rent is £250 – for now.\nSecond line of the text.")]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.pdf", b"", "the file is empty"),
        ("number.rtf", rb"{\rtf1\ansi hello \u99999999999 x}", "RTF codes of the file are damaged"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office document"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture; put it into a PDF"),
        ("program.txt", b"\x7fELF" + bytes(200), "a program"),
        ("bytes.txt", bytes(range(256)) * 8, "not text"),
        ("broken.docx", b"PK\x03\x04" + bytes(200), "a download that broke off"),
        ("odd.docx", b"PK\x03\x04" + bytes(200) + b"PK\x05\x06", "its archive cannot be opened"),
    ],
)
def test_what_holds_no_text_is_refused_by_what_it_is(tmp_path, name, content, reason):
    """The name says nothing; the reason says what to do."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableDocument, match=reason):
        read_file(path, OPTIONS)


def test_a_pdf_under_another_name_is_read_as_a_pdf(make_pdf, lines):
    """Type by content, not by name."""
    document = read_file(make_pdf([lines(["Hello."])], name="hello.md"), OPTIONS)
    assert (document.media_type, document.pages[0].text) == ("application/pdf", "Hello.")


def test_an_archive_that_is_no_document_is_refused(make_zip):
    """A packed folder and a workbook that is none get different advice."""
    with pytest.raises(UnreadableDocument, match="an archive, not a document"):
        read_file(make_zip("x.docx", {"a.txt": "text"}), OPTIONS)
    with pytest.raises(UnreadableDocument, match="its sheets cannot be read"):
        read_file(make_zip("x.xlsx", {"xl/workbook.xml": "<x/>"}), OPTIONS)


def test_a_decompression_bomb_is_refused_before_it_unpacks(make_zip, tmp_path):
    """The limit holds by what the archive says and by what comes out."""
    small = ReadingOptions(limits=FileLimits(most_unpacked_bytes=100_000))
    path = make_zip("bomb.docx", {"word/document.xml": b" " * 1_000_000})
    with pytest.raises(UnreadableDocument, match="unpacks to 1000000 bytes, more than the 100000"):
        read_file(path, small)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.infolist()[0]
    size = entry.file_size.to_bytes(4, "little")
    path.write_bytes(bytes(content).replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(UnreadableDocument):
        read_file(path, small)


def test_entities_of_a_document_are_not_expanded(make_zip):
    """A document that names a file of this machine or grows without end gets neither."""
    laughs = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};&l{n - 1};&l{n - 1};">' for n in range(1, 20))
    body = f'<!DOCTYPE d [<!ENTITY file SYSTEM "file:///etc/hostname"><!ENTITY l0 "ha">{laughs}]>'
    text = f"{body}<w:document {W}><w:body>{word('Start &file;&l19; end')}</w:body></w:document>"
    document = read_file(make_zip("laughs.docx", {**docx_members(""), "word/document.xml": text}), OPTIONS)
    assert "haha" not in document.pages[0].text
    assert document.pages[0].text.startswith("Start")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"&#xD83D;&#xDE03;", "\U0001f603"),
        (b"&#55357;&#56835;", "\U0001f603"),
        (b"&#xD83D;", "\ufffd"),
        (b"&#xDE03;&#xD83D;", "\ufffd\ufffd"),
    ],
)
def test_halves_of_letters_written_as_references_are_joined(written, read):
    """The parser takes a half in, and then fails at every letter beside it."""
    root = parse_xml(b"<p a='" + written + b"'>" + written + b"</p>")
    assert (root.text, root.get("a")) == (read, read)

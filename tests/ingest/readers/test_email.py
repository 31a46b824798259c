"""E-mail: subject, date and text; no addresses, no codes, and attachments named as not read."""

from email.message import EmailMessage

import pytest

from ingest.readers.read_document import PageStatus, ReadingOptions
from ingest.readers.read_file import read_file

OPTIONS = ReadingOptions()
TEXT = "The hall committee meets on Tuesday.\n\nWhat to bring:\n\n- the keys\n- last year’s accounts\n"


def message(text=TEXT, subtype="plain", encoding="base64"):
    """Return a message."""
    made = EmailMessage()
    made["From"], made["To"] = "Ann Other <ann@example.org>", "bob@example.org"
    made["Subject"], made["Date"] = "Hall committee – agenda", "Fri, 16 Dec 2022 17:04:16 -0500"
    made["Message-ID"] = "<1@example.org>"
    made.set_content(text, subtype=subtype, cte=encoding)
    return made


def read(tmp_path, content, name="message.eml"):
    """Return what was read from a message."""
    path = tmp_path / name
    path.write_bytes(content)
    return read_file(path, OPTIONS)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("name", ["message.eml", "message.txt"])
def test_a_message_gives_its_subject_date_and_text(tmp_path, encoding, name):
    """ResultGroup by its header, whatever its name; no address and no code is quoted."""
    document = read(tmp_path, bytes(message(encoding=encoding)), name)
    assert (document.metadata.title, document.metadata.published) == ("Hall committee – agenda", "16 December 2022")
    assert [page.text for page in document.pages] == [TEXT.strip()]
    assert (document.media_type, document.metadata.authors) == ("message/rfc822", "")


def test_a_message_in_html_is_read_as_text(tmp_path):
    """Many programs send nothing else."""
    html = "<html><body><p>The hall is <b>open</b>.</p><ul><li>bring keys</li></ul><script>no()</script></body></html>"
    assert [page.text for page in read(tmp_path, bytes(message(html, "html"))).pages] == ["The hall is open.\n\n- bring keys"]


def test_the_header_of_a_forwarded_message_is_left_out(tmp_path):
    """It holds nothing but addresses; what was written below it stays."""
    text = "See below.\n\nOn 3 May Ann <ann@example.org> wrote:\n> From: Cy <cy@example.org>\n> The hall is open.\n"
    (page,) = read(tmp_path, bytes(message(text))).pages
    assert "@" not in page.text
    assert "The hall is open." in page.text


def test_attachments_are_named_as_not_read(tmp_path):
    """They are files of their own."""
    made = message()
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="accounts.pdf")
    document = read(tmp_path, bytes(made))
    assert [(one.status, one.reason) for one in document.outcomes] == [
        (PageStatus.READ, ""),
        (PageStatus.UNREADABLE, "the attachment 'accounts.pdf' is not read; save it as a file of its own"),
    ]


def test_a_message_of_an_encoding_that_nobody_knows_and_one_without_text(tmp_path):
    """Neither is a crash."""
    odd = bytes(message("plain words here", encoding="7bit")).replace(b'charset="utf-8"', b'charset="x-nobody"')
    assert [page.text for page in read(tmp_path, odd).pages] == ["plain words here"]
    empty = read(tmp_path, b"Subject: nothing\r\nDate: yesterday\r\nMessage-ID: <2>\r\n\r\n")
    assert (empty.pages, empty.outcomes[0].reason, empty.metadata.published) == ((), "the message holds no text", "")


def test_a_memo_is_plain_text(tmp_path):
    """It begins like a message, and people wrote it."""
    memo = b"From: the clerk\nTo: all members\nDate: 3 May\nSubject: the hall\n\nThe hall is open.\n"
    document = read(tmp_path, memo, "memo.txt")
    assert (document.media_type, document.pages[0].text) == ("text/plain", memo.decode().strip())

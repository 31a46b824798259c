"""The formats that are read. Everything that needs to know them asks here.

Comes in: what each reader declares of itself. Goes out: the list of formats, and a format by its name. Refuses to know anything about
a format that its reader does not say. Loading it loads every reader and its libraries.
"""

from ingest.readers import email_message, plain_text
from ingest.readers.formats import Format
from ingest.readers.office import docx, odt, pptx, rtf, sheets
from ingest.readers.pdf import reader as pdf
from ingest.readers.web import epub, html, markdown

# In the order in which people are told of them. Text that is nothing else is plain text, so that comes last.
FORMATS: tuple[Format, ...] = (
    pdf.FORMAT,
    docx.FORMAT,
    odt.FORMAT,
    epub.FORMAT,
    html.FORMAT,
    pptx.FORMAT,
    rtf.FORMAT,
    sheets.XLSX,
    sheets.ODS,
    sheets.CSV,
    email_message.FORMAT,
    markdown.FORMAT,
    plain_text.FORMAT,
)


def format_named(name: str) -> Format | None:
    """Return the format that the ending of a file's name tells, or nothing."""
    lower = name.lower()
    return next((one for one in FORMATS if lower.endswith(one.suffixes)), None)


def suffixes() -> tuple[str, ...]:
    """Return the endings of all formats, sorted."""
    return tuple(sorted(suffix for one in FORMATS for suffix in one.suffixes))

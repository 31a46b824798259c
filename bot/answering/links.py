"""Addresses of a quote: our own page for it, and the original opened where the quote stands.

Comes in: a citation and the quoted text. Goes out: an address, or nothing. Refuses to know how links are shown.
"""

from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

from bot.answering.citations import Citation
from index.records import Kind

FRAGMENT_WORDS = 5  # at each end of the quote: enough to be found once, few enough to survive small differences
_SAFE_SCHEMES = {"http", "https"}


def reader_link(public: str, passage_id: str) -> str:
    """Return the address of our own page for a passage, under the public address with its base path."""
    return f"{public.rstrip('/')}/p/{passage_id}"


def original_link(citation: Citation, text: str) -> str:
    """Return the address of the source, opened at the page of a PDF or at the words of a web page, or nothing.

    Only an original holds the quote's own words; a note or briefing links to its source as it stands.
    """
    link = safe_link(citation.url)
    if not link or urlsplit(link).fragment or citation.kind is not Kind.ORIGINAL:
        return link
    if citation.page is not None:
        return f"{link}#page={citation.page.number}" if urlsplit(link).path.lower().endswith(".pdf") else link
    return f"{link}#:~:text={_text_fragment(text)}"


def safe_link(address: str) -> str:
    """Return ``address`` where it leads to the web, else nothing: a document may name a script as its address."""
    try:
        return address if urlsplit(address).scheme in _SAFE_SCHEMES else ""
    except ValueError:
        return ""


def _text_fragment(text: str) -> str:
    """Return the first and last words as a text fragment (WICG Scroll To Text Fragment): "first words,last words"."""
    words = text.split()
    ends = [words] if len(words) <= 2 * FRAGMENT_WORDS else [words[:FRAGMENT_WORDS], words[-FRAGMENT_WORDS:]]
    # A hyphen joins prefix and suffix in this syntax, so one in the text is encoded too.
    return ",".join(percent_encoded(" ".join(end), safe="").replace("-", "%2D") for end in ends)

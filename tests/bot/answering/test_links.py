"""Links lead to the place of the quote, and never to a script."""

import pytest

from bot.answering.citations import Citation, PageReference
from bot.answering.links import original_link, reader_link, safe_link
from index.records import Kind

TEXT = "The council must decide on a nomination within eight weeks of receiving it; a well-kept list helps."


def citation(url: str, page: PageReference | None = None, kind: Kind = Kind.ORIGINAL) -> Citation:
    """Return a citation whose address is ``url``."""
    return Citation("a", "A", "", "", kind, "", page, url, "A")


@pytest.mark.parametrize(
    ("cited", "link"),
    [
        (citation("https://a.org/g.pdf", PageReference(14, "12")), "https://a.org/g.pdf#page=14"),
        (citation("https://a.org/G.PDF?v=2", PageReference(3, None)), "https://a.org/G.PDF?v=2#page=3"),
        (citation("https://a.org/guide", PageReference(3, None)), "https://a.org/guide"),
        (citation("https://a.org/g.pdf#page=2", PageReference(3, None)), "https://a.org/g.pdf#page=2"),
        (citation("https://a.org/law", kind=Kind.BRIEFING), "https://a.org/law"),
        (
            citation("https://a.org/t"),
            "https://a.org/t#:~:text=The%20council%20must%20decide%20on,it%3B%20a%20well%2Dkept%20list%20helps.",
        ),
        (citation("javascript:alert(1)"), ""),
        (citation(""), ""),
    ],
)
def test_a_link_opens_the_original_where_the_quote_stands(cited: Citation, link: str):
    """PDFs at their page, web pages at the words, our own texts' sources as they stand; anything but the web is no link."""
    assert original_link(cited, TEXT) == link


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//a.org", "http://[", "x"]
)
def test_only_addresses_of_the_web_are_links(address: str):
    """A document may name a script as its address; that is not made a link."""
    assert safe_link(address) == ""


def test_the_reader_link_stands_below_the_public_address():
    """With and without a slash at its end."""
    assert (
        reader_link("https://a.org/localism/", "ab")
        == reader_link("https://a.org/localism", "ab")
        == "https://a.org/localism/p/ab"
    )

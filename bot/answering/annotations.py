"""W3C Web Annotation selectors: how another program finds a quote again in its source.

Comes in: a quote. Goes out: selectors as JSON (https://www.w3.org/TR/annotation-model/#selectors). Refuses to know how it was found.
"""

from bot.answering.answers import Quote

Selector = dict[str, str | int]


def selectors(quote: Quote) -> list[Selector]:
    """Return the selectors of ``quote``: its words with what stands around them, its place in the page's text, and its page."""
    found: list[Selector] = [
        {"type": "TextQuoteSelector", "exact": quote.text, "prefix": quote.prefix, "suffix": quote.suffix},
        {"type": "TextPositionSelector", "start": quote.start, "end": quote.start + len(quote.text)},
    ]
    if quote.citation.page is not None:
        page = f"page={quote.citation.page.number}"
        found.append({"type": "FragmentSelector", "conformsTo": "http://tools.ietf.org/rfc/rfc3778", "value": page})
    return found

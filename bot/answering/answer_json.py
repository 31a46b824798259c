"""An Answer as the JSON that HTTP and ``--json`` give: one place for its keys.

Comes in: an Answer. Goes out: plain dicts and lists. Keys may be added, never renamed. The selectors of a citation are those of W3C
Web Annotation, by which another program finds the quote again in its source (https://www.w3.org/TR/annotation-model/#selectors).
"""

from typing import Any

from bot.answering.answers import Answer, Quote
from bot.answering.citations import Citation
from index.lexicon import Term
from index.records import Source

Selector = dict[str, str | int]


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return ``answer`` as a JSON object."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "confidence": answer.confidence,
        "passages": [quote_json(quote) for quote in answer.quotes],
        "build": answer.build,
        "nearest": list(answer.nearest),
        "signpost": answer.signpost,
        "parts": [
            {"question": part.question, "status": part.status.value, "passage": part.passage or None} for part in answer.parts
        ],
        "definition": None if answer.definition is None else term_json(answer.definition),
    }


def quote_json(quote: Quote) -> dict[str, Any]:
    """Return a quote as a JSON object; highlights are half-open character ranges in "quote"."""
    return {
        "id": quote.id,
        "quote": quote.text,
        "highlights": [list(span) for span in quote.highlights],
        "score": round(quote.score, 4),
        "why": {feature: round(share, 4) for feature, share in quote.contributions.items()},
        "citation": citation_json(quote.citation) | {"selectors": selectors(quote)},
    }


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


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return a citation as a JSON object; "page" is null for documents without pages."""
    page = citation.page
    return {
        "document": citation.document,
        "title": citation.title,
        "publisher": citation.publisher,
        "published": citation.published,
        "authors": citation.authors,
        "kind": citation.kind.value,
        "about": citation.about,
        "section": citation.section,
        "page": None if page is None else {"number": page.number, "label": page.label},
        "url": citation.url,
        "sources": [source_json(source) for source in citation.sources],
        "jurisdiction": citation.jurisdiction,
        "as_of": citation.as_of,
        "notice": citation.notice,
        "reading": citation.reading.value,
        "text": citation.text,
    }


def term_json(term: Term) -> dict[str, Any]:
    """Return an entry of the glossary as a JSON object."""
    return {"term": term.term, "aliases": list(term.aliases), "definition": term.definition, "source": term.source}


def source_json(source: Source) -> dict[str, str]:
    """Return the source of a section as a JSON object."""
    return {
        "title": source.title,
        "where": source.where,
        "url": source.url,
        "publisher": source.publisher,
        "as_of": source.as_of,
    }

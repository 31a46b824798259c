"""An Answer as text: the object of JSON that programs read, and lines for a terminal, which may be narrow.

Comes in: an Answer, and a console. Goes out: values that JSON can hold; lines. Refuses to rank, filter and word refusals.
"""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.style import Style
from rich.text import Text

from bot.answering.answers import Answer, Quote, Status
from bot.answering.citations import Citation
from bot.answering.links import original_link, reader_link
from bot.answering.wording import SEVERAL, mended_told, parts_told, section_named, sections_told
from index.lexicon import Term
from index.records import Source

Selector = dict[str, str | int]
_HEADS = {
    Status.ANSWERED: ("Found", "bold green"),
    Status.UNCERTAIN: ("Perhaps this helps: it may not answer the question", "bold yellow"),
    Status.NOT_FOUND: ("Not found", "bold red"),
}
_INDENT = "   "
_OTHER_WORDS = "Nothing in the sources answers this. Try other words, or a shorter question."


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return ``answer`` as a JSON object."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "confidence": answer.confidence,
        "passages": [quote_json(quote) for quote in answer.quotes],
        "build": answer.build,
        "nearest": list(answer.nearest),
        "nearest_sections": [asdict(section) for section in answer.sections],
        "mended": [{"typed": typed, "read": read} for typed, read in answer.mended],
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


def print_answer(answer: Answer, console: Console, public: str = "") -> None:
    """Print ``answer``; the answering sentences are marked, in bold and, for those who see no bold, between » and «.

    ``public`` is the address of the page that people reach, base path included; without it there are no links to it.
    """
    head, style = _HEADS[answer.status]
    console.print(Text(head, style), Text(f"(confidence {answer.confidence:.0%})", "dim"))
    if answer.mended:
        console.print(Text(mended_told(answer), "dim"))
    if answer.definition:
        console.print(Text.assemble((f"{answer.definition.term}: ", "bold"), answer.definition.definition))
    _print_pointer(answer, console)
    if answer.parts:
        console.print(SEVERAL)
        for question, became in parts_told(answer):
            console.print(f"  - {question}: {became}", markup=False)
    for number, quote in enumerate(answer.quotes, start=1):
        console.print()
        _print_quote(number, quote, console, public)
    _print_sections(answer, console, public)


def _print_quote(number: int, quote: Quote, console: Console, public: str) -> None:
    """Print the heading of the section, the words, where they stand, and where to read on."""
    citation = quote.citation
    heading = citation.section.rsplit(" > ", 1)[-1] or citation.title
    console.print(Text(f"{number}. {heading}", "bold cyan"))
    _print_indented(_marked(quote), console)
    _print_indented(Text(citation.text, "cyan"), console)
    for link in (reader_link(public, quote.id) if public else "", original_link(citation, quote.text)):
        if link:
            # Whole on one line: a terminal breaks it without a space inside, so that it can be opened and copied.
            console.print(Text(f"{_INDENT}{link}", Style(dim=True, link=link)), soft_wrap=True)
    if citation.notice:
        _print_indented(Text(citation.notice, "dim"), console)


def _print_indented(text: Text, console: Console) -> None:
    for line in text.wrap(console, max(20, console.width - len(_INDENT))):
        line.rstrip()
        console.print(Text(_INDENT) + line if line.plain else line, soft_wrap=True)


def _print_pointer(answer: Answer, console: Console) -> None:
    if answer.status is Status.NOT_FOUND:
        console.print(answer.signpost or _OTHER_WORDS, markup=False)
    elif answer.signpost:
        console.print(f"Where to go beside it: {answer.signpost}", markup=False)


def _print_sections(answer: Answer, console: Console, public: str) -> None:
    if answer.sections:
        console.print(f"\n{sections_told(answer)}" if answer.quotes else sections_told(answer))
    for section in answer.sections:
        console.print(f"  - {section_named(section)}", markup=False)
        if public:
            link = reader_link(public, section.passage)
            console.print(Text(f"    {link}", Style(dim=True, link=link)), soft_wrap=True)


def _marked(quote: Quote) -> Text:
    text = Text()
    at = 0
    for start, end in quote.highlights:
        text.append(quote.text[at:start])
        text.append(f"»{quote.text[start:end]}«", "bold")
        at = end
    text.append(quote.text[at:])
    return text

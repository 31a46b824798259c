"""One quote as Markdown: its heading, the words themselves, where they stand.

Comes in: a Quote and a budget. Goes out: Markdown within the budget. Refuses to know components.
"""

from bot.answering.answers import Quote
from bot.answering.citations import Citation
from bot.discord_bot.cards.excerpt import excerpt
from bot.discord_bot.escaping import clip, clip_escaped, length, one_line
from bot.discord_bot.texts import Texts
from index.records import Reading

HEADING_LIMIT = 240  # UTF-16 code units, each of these
_PAGE_LIMIT = 40
CITATION_LIMIT = 600
ALT_TEXT_LIMIT = 1024


def heading_of(citation: Citation, most: int = HEADING_LIMIT) -> str:
    """Return the heading of the section, in at most ``most`` UTF-16 code units, and the page: "### Heading, p. 12 [PDF 14]".

    A text without sections is headed by its title, which stands in the citation anyway.
    """
    heading = citation.section.rpartition(" > ")[2] or citation.title
    page = f", {clip_escaped(str(citation.page), _PAGE_LIMIT)}" if citation.page else ""
    return f"### {clip_escaped(one_line(heading), most)}{page}"


def source_of(quote: Quote, texts: Texts, most: int = CITATION_LIMIT) -> str:
    """Return the full citation in small print, in at most ``most`` UTF-16 code units, with what a reader has to know about it."""
    return "\n".join(f"-# {line}" for line in _source_lines(quote, texts, most))


def quote_markdown(quote: Quote, texts: Texts, budget: int) -> str:
    """Return heading, quote and citation in at most ``budget`` UTF-16 code units, which are at least 800.

    The quote gets what the others leave; where several quotes share a card, these are held shorter.
    """
    heading = heading_of(quote.citation, min(HEADING_LIMIT, budget // 6))
    source = source_of(quote, texts, min(CITATION_LIMIT, budget // 4))
    shortened = f"-# {texts.say('card.excerpt')}"
    left = budget - length(heading) - length(source) - length(shortened) - 3
    part = excerpt(quote.text, quote.highlights, left)
    lines = [heading, part.markdown(), source]
    if len(part.text) < len(quote.text):
        lines.append(shortened)
    return "\n".join(lines)


def plain_quote(quote: Quote, texts: Texts, budget: int) -> str:
    """Return the quote for a plain message: the words as a block, then where they stand, in at most ``budget`` UTF-16 code units."""
    source = "\n".join(_source_lines(quote, texts, min(CITATION_LIMIT, budget // 4)))
    part = excerpt(quote.text, quote.highlights, budget - length(source) - 3)
    return f"{part.markdown()}\n— {source}"


def alt_text(quote: Quote, texts: Texts) -> str:
    """Return what the picture of the page says, for people who do not see it."""
    page = quote.citation.page
    key = "card.picture" if page else "card.picture_no_page"
    words = {"title": one_line(quote.citation.title)[:200], "page": str(page)}
    return clip(texts.say(key, quote=one_line(quote.text), **words), ALT_TEXT_LIMIT)


def _source_lines(quote: Quote, texts: Texts, most: int) -> list[str]:
    """Return the citation in at most ``most`` UTF-16 code units, and the remarks to it in less than that together."""
    citation = quote.citation
    lines = [clip_escaped(one_line(citation.text), most)]
    if quote.also_in:
        places = "; ".join(one_line(also.text) for also in quote.also_in)
        lines.append(texts.say("card.also_in", places=clip_escaped(places, most // 3)))
    if citation.reading is Reading.OCR:
        lines.append(texts.say("card.ocr"))
    if citation.notice:
        lines.append(clip_escaped(one_line(citation.notice), most // 2))
    return lines

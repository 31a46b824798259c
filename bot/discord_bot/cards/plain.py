"""Text without cards: an answer or a passage for who wants no cards, and lists and facts for a note: the sources, one source, a term.

Comes in: an Answer or records. Goes out: Markdown within Discord's limits. Refuses to know Discord's types.
"""

from collections.abc import Mapping, Sequence

from bot.answering.answers import Answer, Quote
from bot.answering.wording import KIND_HEADINGS
from bot.discord_bot.cards.cards import (
    definition_text,
    mended_text,
    not_found_text,
    parts_text,
    pointer_text,
    verdict_text,
)
from bot.discord_bot.cards.excerpt import GAP, excerpt
from bot.discord_bot.cards.quote_text import CITATION_LIMIT, heading_of, plain_quote
from bot.discord_bot.cards.rows import CardStyle, places, second_link
from bot.discord_bot.escaping import clip, clip_escaped, length, one_line
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.texts import Texts
from index.lexicon import Lexicon, Term
from index.records import Document

CONTENT_LIMIT = 2000
_QUESTION_LIMIT = 300  # UTF-16 code units, both of these
_DEFINITION_LIMIT = 240
_HEADING_LIMIT = 120
NOTE_LIMIT = 3600  # UTF-16 code units; the title takes its part of the card's 4,000
_FACT_LIMIT = 300
_LINE_LIMIT = 200


def plain_answer(answer: Answer, asked: Asked, style: CardStyle) -> str:
    """Return ``answer`` as one message: the question, the verdict, the words quoted, where they stand and where to read on."""
    texts = style.texts
    lines = [f"**{clip_escaped(one_line(asked.question), _QUESTION_LIMIT)}**"]
    if answer.mended:
        lines.append(mended_text(answer))
    if answer.definition is not None:
        lines.append(definition_text(answer.definition, texts, _DEFINITION_LIMIT))
    if not answer.quotes:
        return "\n".join([*lines, not_found_text(answer, style)])
    lines.append(verdict_text(answer, texts))
    if answer.signpost:
        lines.append(pointer_text(answer))
    if answer.parts:
        lines.append(parts_text(answer))
    lines.append(heading_of(answer.quotes[0].citation, _HEADING_LIMIT))
    more = [line for line in (second_link(answer.quotes[0], style),) if line]
    used = sum(length(line) + 1 for line in (*lines, *more))
    return "\n".join([*lines, plain_quote(answer.quotes[0], texts, CONTENT_LIMIT - used), *more])


def citable(quote: Quote, style: CardStyle) -> str:
    """Return a quote to be copied and pasted elsewhere, in a block that shows every letter as it is: words, citation, address."""
    intro, citation = style.texts.say("cite.copy"), clip(one_line(quote.citation.text), CITATION_LIMIT)
    address = next(iter(places(quote, style)), ("", ""))[1]
    frame = f"{intro}\n```\n“{GAP}{GAP}”\n— {citation}\n{address}\n```"
    part = excerpt(quote.text, quote.highlights, CONTENT_LIMIT - length(frame))
    before, after = GAP if part.start else "", GAP if part.end < part.total else ""
    block = f"“{before}{part.text}{after}”\n— {citation}\n{address}".strip().replace("```", "'''")
    return f"{intro}\n```\n{block}\n```"


def plain_passage(quote: Quote, texts: Texts) -> str:
    """Return one passage as plain text."""
    return plain_quote(quote, texts, CONTENT_LIMIT)


def sources_note(documents: Sequence[Document], texts: Texts) -> str:
    """Return the list of ``documents``, as many as fit, and how many more there are."""
    if not documents:
        return texts.say("sources.none")
    lines: list[str] = []
    room, left = NOTE_LIMIT - 60, len(documents)
    for kind, heading in ((kind, f"**{texts.kind_heading(kind)}**") for kind in KIND_HEADINGS):
        of_kind = [_source_line(document) for document in documents if document.kind is kind]
        for line in [heading, *of_kind] if of_kind else []:
            room -= length(line) + 1
            if room < 0:
                return "\n".join([*lines, texts.say("sources.more", count=left)])
            lines.append(line)
            left -= line is not heading
    return "\n".join(lines)


def source_note(document: Document, documents: Mapping[str, Document], texts: Texts) -> tuple[str, str]:
    """Return title and facts of one document."""
    about = documents[document.about].title if document.about in documents else ""
    facts = (
        (texts.kind(document.kind), True),
        (_fact(texts, "source.about", title=about), about),
        (_fact(texts, "source.authors", authors=document.authors), document.authors),
        (_fact(texts, "source.published", publisher=document.publisher, published=document.published), document.published),
        (_fact(texts, "source.as_of", as_of=document.as_of), document.as_of),
        (_fact(texts, "source.licence", licence=document.licence), document.licence),
        (clip_escaped(document.notice, _FACT_LIMIT), document.notice),
        (_fact(texts, "source.id", id=document.id), True),
    )
    return clip_escaped(one_line(document.title), _LINE_LIMIT), "\n".join(line for line, known in facts if known)


def definition_note(wanted: str, lexicon: Lexicon, texts: Texts) -> tuple[str, str]:
    """Return the word of the glossary that fits ``wanted`` best, with its definition, or the sentence that there is none."""
    term = find_term(wanted, lexicon)
    if term is None:
        key = "define.unknown" if lexicon.terms else "define.nothing"
        return texts.say("define.title"), texts.say(key, term=clip_escaped(one_line(wanted), 100))
    parts = (
        (clip_escaped(term.definition, 2000), term.definition),
        (_fact(texts, "define.also", aliases=", ".join(term.aliases)), term.aliases),
        (_fact(texts, "define.see", see=", ".join(term.see)), term.see),
        (_fact(texts, "define.source", source=term.source), term.source),
    )
    return clip_escaped(term.term, _LINE_LIMIT), "\n".join(line for line, known in parts if known)


def find_term(wanted: str, lexicon: Lexicon) -> Term | None:
    """Return the term that is called ``wanted``, else the first that begins so."""
    folded = one_line(wanted).casefold()
    called = [term for term in lexicon.terms if folded in {name.casefold() for name in (term.term, *term.aliases)}]
    return next(iter(called), None) or next((term for term in lexicon.terms if folded and term_of(term, folded)), None)


def term_of(term: Term, typed: str) -> bool:
    """Tell whether a name of ``term`` begins with what was ``typed``."""
    folded = one_line(typed).casefold()
    return any(name.casefold().startswith(folded) for name in (term.term, *term.aliases))


def _source_line(document: Document) -> str:
    facts = ", ".join(clip_escaped(fact, 80) for fact in (document.publisher, document.published) if fact)
    return f"- **{clip_escaped(one_line(document.title), _LINE_LIMIT)}**" + (f", {facts}" if facts else "")


def _fact(texts: Texts, key: str, **values: str) -> str:
    return texts.say(key, **{name: clip_escaped(one_line(value), _FACT_LIMIT) for name, value in values.items()})

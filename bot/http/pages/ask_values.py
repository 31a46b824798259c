"""What the page where people ask shows: of an answer, of its quotes, of a build that was not asked yet.

Comes in: what was asked and its Answer. Goes out: values for the templates of the page. Refuses to rank, filter and word answers by
itself. What is the same of a quote in whatever answer is rendered once for a build.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from bot.answering.answers import Answer, Quote
from bot.answering.guidance import examples_of
from bot.answering.library import indexed_on
from bot.answering.limits import DEFAULT_PASSAGES, MOST_REMEMBERED
from bot.answering.links import original_link
from bot.answering.wording import (
    EXPLANATIONS,
    HEADING,
    HEADLINES,
    REASONS,
    SCOPE,
    SEVERAL,
    WHAT_TO_TRY,
    mended_told,
    parts_told,
    sections_told,
)
from bot.http.api.ask import Asked
from bot.http.api.schemas import EARLIER_KEPT, PageQuery
from bot.http.http_state import HttpState, PerBuild
from bot.http.templates import Templates
from index.remembered import Remembered

EXAMPLES = 8
# Where a frame, made once for a build, has a place for what was asked; no template writes such a character of a document.
WAY = Markup("\x00")
# Characters of all the ways back of a page's quotes together, each written two or three times: 3,000 for each of twenty quotes.
# A question behind three others has 1,500 at most in the labelled sets, a letter of 2,000 characters little more than that.
MOST_OF_WAYS = 60_000
LEAST_REASON = 0.02  # of the strongest: what gave less is no reason that a reader could see


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote with what stands around it on the page."""

    quote: Quote
    original: str  # address, or empty
    head: Markup  # title and place
    foot: Markup  # citation and links
    why: list[tuple[str, str]]  # see why_found


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is the same of a quote whatever was asked."""

    original: str
    head: Markup
    foot: Markup


class QuoteCards:
    """Makes what the page shows of quotes."""

    def __init__(self, state: HttpState, templates: Templates) -> None:
        """Render with ``templates``; nothing yet."""
        self._state = state
        self._templates = templates
        self._frames: PerBuild[Remembered[_Frame]] = PerBuild(lambda _: Remembered(MOST_REMEMBERED))

    def of(self, quote: Quote, way: str = "") -> ShownQuote:
        """Return what the page shows of ``quote``; ``way`` is the query by which its own page leads back to the answer."""
        frame = self._frames.of(self._state.build).of(quote.id, lambda: self._frame(quote))
        head, foot = (part.replace(WAY, way) for part in (frame.head, frame.foot))
        return ShownQuote(quote, frame.original, head, foot, why_found(quote))

    def _frame(self, quote: Quote) -> _Frame:
        original = original_link(quote.citation, quote.text)
        pictured = self._state.pictures.has(quote.citation.document)
        values = {"quote": quote, "original": original, "pictured": pictured, "way": WAY}
        return _Frame(
            original, self._templates.part("_quote_head.html", values), self._templates.part("_quote_foot.html", values)
        )


def why_found(quote: Quote) -> list[tuple[str, str]]:
    """Return why ``quote`` was found, the strongest reason first: in words, and its strength beside that, 0 to 1."""
    reasons = sorted(quote.contributions.items(), key=lambda reason: -reason[1])
    strongest = reasons[0][1] if reasons else 0.0
    return [
        (REASONS[feature], f"{share / strongest:.2f}") for feature, share in reasons if share > LEAST_REASON * strongest > 0
    ]


def page_values(state: HttpState, cards: QuoteCards, asked: Asked, answer: Answer | None, fault: str) -> dict[str, object]:
    """Return what the page shows of ``answer``; where there is none, of ``fault``, a sentence, or of a build that was not asked."""
    values: dict[str, object] = {"asked": asked, "answer": answer, "fault": fault, "here": "/"}
    site = state.build.lexicon.site
    values |= {"heading": site.heading or HEADING, "about": site.about, "held": _held(state)}
    if answer is None:
        return {**values, "examples": examples_of(state.build.lexicon, EXAMPLES)}
    return {**values, **_values_of_answer(state, cards, asked, answer)}


def _values_of_answer(state: HttpState, cards: QuoteCards, asked: Asked, answer: Answer) -> dict[str, object]:
    way = way_from_each(asked, len(answer.quotes))
    return {
        "quotes": [cards.of(quote, way) for quote in answer.quotes],
        "headline": HEADLINES[answer.status],
        "explanation": EXPLANATIONS[answer.status],
        "hints": (*WHAT_TO_TRY, state.build.lexicon.site.scope or SCOPE),
        "several": SEVERAL,
        "parts_told": parts_told(answer),
        "sections_told": sections_told(answer),
        "mended_told": mended_told(answer),
        "way": way,
        "follow_up": (*asked.earlier, asked.question)[-EARLIER_KEPT:],
        "alone": f"{state.options.base_path}/?{urlencode({'q': asked.question})}",
    }


def way_from_each(asked: Asked, quotes: int) -> str:
    """Return the query by which the page of each of ``quotes`` passages leads back to the answer.

    Empty where it is so long that to repeat it beside every quote would cost more than the answer: browsers go back by themselves.
    """
    way = f"?{query_of(asked)}"
    return way if len(way) * quotes <= MOST_OF_WAYS else ""


def asked_of(given: PageQuery) -> Asked:
    """Return what an address of the page asks."""
    return Asked(given.q, given.limit, given.document, given.kind, tuple(given.c))


def way_back(given: PageQuery) -> str:
    """Return the query of the answer from which ``given`` leads to another page; empty where it leads from none."""
    return query_of(asked_of(given)) if given.q else ""


def query_of(asked: Asked) -> str:
    """Return the query of the address at which the answer to ``asked`` stands."""
    chosen = [("document", asked.document), ("kind", asked.kind), *(("c", earlier) for earlier in asked.earlier)]
    if asked.limit != DEFAULT_PASSAGES:
        chosen.append(("limit", str(asked.limit)))
    return urlencode([("q", asked.question), *((name, value) for name, value in chosen if value)])


def _held(state: HttpState) -> dict[str, object]:
    return {
        "documents": len(state.service.documents),
        "passages": state.build.records.size,
        "indexed_on": indexed_on(state.build),
    }

"""A quote as the page shows it: what is the same of it in whatever answer is rendered once for a build.

Comes in: a quote. Goes out: its parts for the template of the page. Refuses to know what was asked.
"""

from dataclasses import dataclass

from markupsafe import Markup

from bot.answering.answer_service import MOST_REMEMBERED
from bot.answering.answers import Quote
from bot.answering.links import original_link
from bot.answering.wording import REASONS
from bot.http.http_state import HttpState, PerBuild
from bot.http.templates import Templates
from index.remembered import Remembered

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
        self._desk = state
        self._templates = templates
        self._frames: PerBuild[Remembered[_Frame]] = PerBuild(lambda _: Remembered(MOST_REMEMBERED))

    def of(self, quote: Quote) -> ShownQuote:
        """Return what the page shows of ``quote``."""
        frame = self._frames.of(self._desk.build).of(quote.id, lambda: self._frame(quote))
        return ShownQuote(quote, frame.original, frame.head, frame.foot, why_found(quote))

    def _frame(self, quote: Quote) -> _Frame:
        original = original_link(quote.citation, quote.text)
        values = {"quote": quote, "original": original, "pictured": self._desk.pictures.has(quote.citation.document)}
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

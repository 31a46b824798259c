"""A quote as the page shows it: what is the same of it in whatever answer is rendered once for a build.

Comes in: a quote. Goes out: its parts for the template of the page. Refuses to know what was asked.
"""

from dataclasses import dataclass

from markupsafe import Markup

from bot.answering.answers import MOST_REMEMBERED, Quote
from bot.answering.links import original_link
from bot.answering.wording import VIEW_NAMES
from bot.http.http_state import HttpState, PerBuild
from bot.http.templates import Templates
from index.remembered import Remembered


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote with what stands around it on the page."""

    quote: Quote
    original: str  # address, or empty
    head: Markup  # title and place
    foot: Markup  # citation and links
    why: list[tuple[str, str, str]]  # of each feature: name, share from 0 to 1 for a meter, share as text


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
        return ShownQuote(quote, frame.original, frame.head, frame.foot, _why(quote))

    def _frame(self, quote: Quote) -> _Frame:
        original = original_link(quote.citation, quote.text)
        values = {"quote": quote, "original": original, "pictured": self._desk.pictures.has(quote.citation.document)}
        return _Frame(
            original, self._templates.part("_quote_head.html", values), self._templates.part("_quote_foot.html", values)
        )


def _why(quote: Quote) -> list[tuple[str, str, str]]:
    return [
        (VIEW_NAMES.get(feature, feature), f"{max(share, 0.0):.3f}", f"{share:.2f}")
        for feature, share in quote.contributions.items()
    ]

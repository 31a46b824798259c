"""Tell what a term means when somebody asks for it.

Comes in: a question and the glossary. Goes out: the entry that it asks for, or nothing. Refuses to guess: only a whole term counts.
"""

import string
from collections.abc import Iterable

from index.lexicon import Term
from index.text.language import ASKING_MEANING

_ENDS = f"{string.whitespace}?.!"  # what a question may end with
_AROUND = 80  # characters that a question may have beside the term: "please", "what does … stand for", white space


class Definitions:
    """The terms of a glossary by all their names."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Gather the names of ``terms``; where two share one, the first has it."""
        self._terms = tuple(terms)
        self._places: dict[str, int] = {}
        for place, term in enumerate(self._terms):
            for name in (term.term, *term.aliases):
                self._places.setdefault(name.casefold(), place)
        self._longest = max(map(len, self._places), default=0) + _AROUND

    def asked_for(self, question: str) -> Term | None:
        """Return the entry whose term or alias ``question`` asks to have explained."""
        plain = question.strip().rstrip(_ENDS)
        # The pattern looks at the end of the text once for each letter of it, so nothing longer than could name a term gets there.
        asking = ASKING_MEANING.match(plain) if len(plain) <= self._longest else None
        return self._named(asking.group("term")) if asking else None

    def _named(self, name: str) -> Term | None:
        """Return the entry with the term or alias ``name``, in any case, with or without quotation marks and a plural s."""
        plain = name.strip(" \"'“”‘’?.").casefold()
        places = [self._places[wanted] for wanted in (plain, plain.removesuffix("s")) if wanted in self._places]
        return self._terms[min(places)] if places else None

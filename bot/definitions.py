"""Tell what a term means when somebody asks for it.

Comes in: a question and the glossary. Goes out: the entry that it asks for, or nothing. Refuses to guess: only a whole term counts.
"""

import re
from collections.abc import Iterable

from index.lexicon import Term

_ASKING = re.compile(
    r"^(?:please\s+)?(?:what\s+(?:is|are|does|do|s)|what['’]s|whats|define|meaning\s+of|definition\s+of|explain)\s+"
    r"(?:(?:an?|the)\s+)?(?P<term>.+?)"
    r"(?:\s+(?:mean|means|stand\s+for|stands\s+for))?(?:\s+(?:please|pls))?[\s?.!]*$",
    re.IGNORECASE,
)


def definition_asked_for(question: str, terms: Iterable[Term]) -> Term | None:
    """Return the glossary entry whose term or alias ``question`` asks to have explained."""
    asking = _ASKING.match(question.strip())
    return find_term(asking.group("term"), terms) if asking else None


def find_term(name: str, terms: Iterable[Term]) -> Term | None:
    """Return the entry with the term or alias ``name``, in any case, with or without quotation marks and a plural s."""
    plain = name.strip(" \"'“”‘’?.").casefold()
    wanted = {plain, plain.removesuffix("s")}
    return next((term for term in terms if wanted & {known.casefold() for known in (term.term, *term.aliases)}), None)

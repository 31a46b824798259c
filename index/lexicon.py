"""What a corpus says about itself, words and questions, beside its texts: site, glossary, synonyms, signposts, suggestions.

Comes in: records from ingest, or lexicon.json. Goes out: the same records. Refuses to know how they are used.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import DamagedBuild
from index.records import Document, Kind

HAND_WRITTEN = "utf-8-sig"
"""Encoding of the files that people write: UTF-8, with or without the mark that some editors of Windows put before it."""


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of the glossary."""

    term: str
    definition: str
    aliases: tuple[str, ...] = ()
    source: str = ""
    see: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signpost:
    """Where to go with a matter that this corpus does not hold."""

    id: str
    kind: str
    patterns: tuple[str, ...]
    text: str
    unless: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()  # ways in which people ask about the matter
    title: str = ""  # of the page that ``link`` leads to
    link: str = ""  # where to go on, https

    @property
    def told(self) -> str:
        """What a person is told: the text, and the page to go to, where one is known."""
        return f"{self.text} {self.title}: {self.link}" if self.link else self.text


@dataclass(frozen=True, slots=True)
class Site:
    """What is said about a corpus as a whole, where a surface would else say what is true of any."""

    heading: str = ""  # over the question box of the page
    about: str = ""  # what can be asked about, for search engines
    scope: str = ""  # what the sources are and are not, for somebody whose question found nothing
    examples: tuple[str, ...] = ()  # questions for people who do not know what they can ask, the most wanted first


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that a corpus says about words and questions."""

    terms: tuple[Term, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()  # groups of words that mean the same to the people who ask
    signposts: tuple[Signpost, ...] = ()
    suggestions: tuple[str, ...] = ()  # questions that the corpus answers, good examples first
    not_held: tuple[Document, ...] = ()  # documents that the catalogue lists and whose text is not here
    site: Site = Site()

    def save(self, path: Path) -> None:
        """Write the lexicon to ``path``."""
        fields = asdict(self)
        fields["not_held"] = [{**asdict(document), "kind": document.kind.value} for document in self.not_held]
        path.write_text(json.dumps(fields, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> "Lexicon":
        """Read the lexicon at ``path``.

        Raises:
            DamagedBuild: it is missing or not a lexicon.
        """
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                terms=tuple(Term(**_tuples(term)) for term in fields["terms"]),
                synonyms=tuple(tuple(group) for group in fields["synonyms"]),
                signposts=tuple(Signpost(**_tuples(signpost)) for signpost in fields["signposts"]),
                suggestions=tuple(fields["suggestions"]),
                not_held=tuple(Document(**{**document, "kind": Kind(document["kind"])}) for document in fields["not_held"]),
                site=Site(**_tuples(fields.get("site", {}))),  # builds of earlier versions have none
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedBuild(
                f"{path.name} of the build cannot be read ({error}). Build again: localism-ingest build"
            ) from error


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}

"""Every sentence that the bot says, by key, in the language of a server.

Comes in: TOML catalogues beside this file, one a language. Goes out: sentences with their values filled in.
Refuses to know where they are shown. English is complete; another language may lack keys and then falls back to it.
"""

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from bot.answering.answers import Status
from bot.answering.wording import EXPLANATIONS, HEADLINES, KIND_HEADINGS, KIND_NAMES, WHAT_TO_TRY
from index.records import Kind

DEFAULT_LANGUAGE = "en"


class Texts:
    """The sentences of one language."""

    def __init__(self, language: str, sentences: dict[str, str]) -> None:
        """Speak ``language`` with ``sentences`` by dotted key."""
        self.language = language
        self._sentences = sentences

    def say(self, key: str, **values: object) -> str:
        """Return the sentence of ``key`` with ``values`` filled in."""
        return self._sentences[key].format(**values)

    def find(self, key: str) -> str | None:
        """Return the sentence of ``key`` as it stands, or None."""
        return self._sentences.get(key)

    def headline(self, status: Status) -> str:
        """Return what is said first with an answer of ``status``; the same on every surface."""
        return self.find(f"status.{status.value}") or HEADLINES[status]

    def explanation(self, status: Status) -> str:
        """Return the sentence that explains ``status``."""
        return self.find(f"explanation.{status.value}") or EXPLANATIONS[status]

    def kind(self, kind: Kind) -> str:
        """Return what sort of text a document is."""
        return self.find(f"kind.{kind.value}") or KIND_NAMES[kind]

    def kind_heading(self, kind: Kind) -> str:
        """Return the heading over all documents of a kind."""
        return self.find(f"kinds.{kind.value}") or KIND_HEADINGS[kind]

    def what_to_try(self) -> tuple[str, ...]:
        """Return what a person can try when nothing was found."""
        own = self.find("try.lines")
        return tuple(own.splitlines()) if own else WHAT_TO_TRY


def open_texts() -> dict[str, Texts]:
    """Return the texts of every language that has a catalogue, by language code."""
    english = _read(DEFAULT_LANGUAGE)
    return {language: Texts(language, {**english, **_read(language)}) for language in languages()}


def languages() -> list[str]:
    """Return the codes of the languages that have a catalogue, English first."""
    names = (path.name for path in _folder().iterdir() if path.name.endswith(".toml"))
    return sorted((name.removesuffix(".toml") for name in names), key=lambda code: (code != DEFAULT_LANGUAGE, code))


def _folder() -> Traversable:
    return resources.files(__package__).joinpath("texts")


def _read(language: str) -> dict[str, str]:
    return _flat(tomllib.loads(_folder().joinpath(f"{language}.toml").read_text(encoding="utf-8")), "")


def _flat(table: dict[str, Any], above: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        key = f"{above}.{name}" if above else name
        flat.update(_flat(value, key) if isinstance(value, dict) else {key: str(value)})
    return flat

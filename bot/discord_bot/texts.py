"""Every sentence that the bot says, by key, in the language of a server.

Comes in: TOML catalogues beside this file, one a language; a file of the operator's. Goes out: sentences with their values filled in.
Refuses to know where they are shown. English is complete; another language may lack keys and then falls back to it.
"""

import tomllib
from difflib import get_close_matches
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter
from typing import Any

from bot.answering.answers import Status
from bot.answering.wording import EXPLANATIONS, HEADLINES, KIND_HEADINGS, KIND_NAMES, WHAT_TO_TRY
from bot.errors import SettingsError
from index.lexicon import HAND_WRITTEN
from index.records import Kind

DEFAULT_LANGUAGE = "en"
_OWN = "LOCALISM_DISCORD_TEXTS"
_COMMANDS = ("command.", "settings.name", "settings.description")


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


def open_texts(own: Path | None = None) -> dict[str, Texts]:
    """Return the texts of every language that has a catalogue, by language code.

    Args:
        own: a file of the operator's, in the form of ``texts/en.toml``, with the sentences that are to be others.

    Raises:
        SettingsError: that file cannot be used; the message says why.
    """
    english = _read(DEFAULT_LANGUAGE)
    english |= _own(own, english) if own is not None else {}
    others = {language: Texts(language, {**english, **_read(language)}) for language in languages()}
    return {**others, DEFAULT_LANGUAGE: Texts(DEFAULT_LANGUAGE, english)}


def _own(path: Path, english: dict[str, str]) -> dict[str, str]:
    """Return the sentences of the operator's file, each of which must take the place of one of ours and fill in the same values."""
    try:
        own = _flat(tomllib.loads(path.read_text(encoding=HAND_WRITTEN)), "")
    except (OSError, ValueError) as error:  # a file that is not UTF-8 or not TOML is a ValueError
        raise SettingsError(f"{_OWN} is {path}, which cannot be read: {error}. Correct the file and start again.") from None
    for key, sentence in own.items():
        fault = _fault_of(key, sentence, english)
        if fault:
            raise SettingsError(f"{_OWN} is {path}, where {key} {fault}. Correct it and start again.")
    return own


def _fault_of(key: str, sentence: str, english: dict[str, str]) -> str:
    if key not in english:
        near = get_close_matches(key, english, n=1)
        return f"is none of the bot's sentences{f'; did you mean {near[0]}?' if near else ''}"
    if key.startswith(_COMMANDS):
        return "names or describes a command, which Discord holds within limits of its own; those stay as they are"
    try:
        values, wanted = _values_in(sentence), _values_in(english[key])
    except ValueError:
        return "holds a { or } that stands for nothing; write {{ or }} for the sign itself"
    return (
        ""
        if values <= wanted
        else f"fills in {', '.join(sorted(values - wanted))}; it can fill in: {', '.join(wanted) or 'nothing'}"
    )


def _values_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


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

"""Read the corpus's words about itself: site.toml, glossary.toml, signposts.toml, and the suggestions among the golden questions.

Comes in: the corpus folder. Goes out: a Lexicon, or every problem with its file and line. Refuses to know how it is used.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.lexicon import HAND_WRITTEN, Lexicon, Signpost, Site, Term
from ingest.errors import CorpusProblems

GLOSSARY_FILE = "glossary.toml"
SIGNPOSTS_FILE = "signposts.toml"
SITE_FILE = "site.toml"
SUGGESTIONS = 200
LONGEST_EXAMPLE = 75  # characters: two lines on a phone

_Fields = TypeVar("_Fields", bound=BaseModel)


class _SiteFields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    heading: str = Field("", max_length=100)
    about: str = Field("", max_length=300)
    scope: str = Field("", max_length=300)
    examples: list[Annotated[str, Field(min_length=1, max_length=LONGEST_EXAMPLE)]] = Field([], max_length=20)


class _TermFields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    term: str = Field(min_length=1)
    definition: str = Field(min_length=1)
    aliases: list[str] = []
    source: str = ""
    see: list[str] = []


class _SynonymFields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    words: list[str] = Field(min_length=2)


class _SignpostFields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    patterns: list[str] = Field(min_length=1)
    text: str = Field(min_length=1)
    unless: list[str] = []
    asked: list[str] = []
    title: str = ""
    link: str = Field("", pattern=r"^(https://[^\s]+)?$")

    @model_validator(mode="after")
    def _both_or_neither(self) -> "_SignpostFields":
        if bool(self.title) != bool(self.link):
            raise ValueError("a signpost has both a title and a link, or neither")
        return self


def read_lexicon(corpus: Path, suggestions: tuple[str, ...] = ()) -> Lexicon:
    """Return the lexicon of ``corpus``; files that are not there count as empty.

    Raises:
        CorpusProblems: entries that cannot be used, each with its file and line.
    """
    problems: list[str] = []
    glossary = read_tables(corpus / GLOSSARY_FILE, {"term", "synonyms"}, problems)
    signposts = read_tables(corpus / SIGNPOSTS_FILE, {"signpost"}, problems)
    terms = _parsed(corpus / GLOSSARY_FILE, "term", glossary, _TermFields, problems)
    groups = _parsed(corpus / GLOSSARY_FILE, "synonyms", glossary, _SynonymFields, problems)
    posts = _parsed(corpus / SIGNPOSTS_FILE, "signpost", signposts, _SignpostFields, problems)
    site = _site(corpus / SITE_FILE, problems)
    problems.extend(_glossary_problems(corpus / GLOSSARY_FILE, terms))
    if problems:
        raise CorpusProblems(problems)
    return Lexicon(
        terms=tuple(Term(term.term, term.definition, tuple(term.aliases), term.source, tuple(term.see)) for term in terms),
        synonyms=tuple(tuple(group.words) for group in groups),
        signposts=tuple(
            Signpost(
                id=post.id,
                kind=post.kind,
                patterns=tuple(post.patterns),
                text=post.text,
                unless=tuple(post.unless),
                asked=tuple(post.asked),
                title=post.title,
                link=post.link,
            )
            for post in posts
        ),
        suggestions=suggestions[:SUGGESTIONS],
        site=site,
    )


def _site(path: Path, problems: list[str]) -> Site:
    try:
        fields = _SiteFields.model_validate(tomllib.loads(path.read_text(encoding=HAND_WRITTEN)))
        return Site(fields.heading, fields.about, fields.scope, tuple(fields.examples))
    except FileNotFoundError:
        return Site()
    except ValidationError as error:
        problems.extend(f"{path}: {_name(fault['loc'])}: {fault['msg'].lower()}" for fault in error.errors())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: {error}")
    return Site()


def read_tables(path: Path, known: set[str], problems: list[str]) -> dict[str, Any]:
    """Return the tables of a TOML file, empty where there is no file; what cannot be read is added to ``problems``."""
    try:
        tables = tomllib.loads(path.read_text(encoding=HAND_WRITTEN))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: {error}")
        return {}
    problems.extend(
        f"{path}: unknown table {name!r}; known are {', '.join(sorted(known))}" for name in tables if name not in known
    )
    single = [name for name in tables if name in known and not isinstance(tables[name], list)]
    problems.extend(f"{path}: {name!r} is not a list of tables; write [[{name}]] before each" for name in single)
    return {name: found for name, found in tables.items() if name not in single}


def places_of(path: Path, table: str, count: int) -> list[str]:
    """Return "file:line" of the first ``count`` [[table]] of the TOML file at ``path``; line 0 where it cannot be told."""
    if not count:
        return []
    begins = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
    text = path.read_text(encoding=HAND_WRITTEN)
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if begins.match(line)]
    return [f"{path}:{lines[place] if place < len(lines) else 0}" for place in range(count)]


def _parsed(path: Path, table: str, tables: dict[str, Any], fields: type[_Fields], problems: list[str]) -> list[_Fields]:
    parsed, found_tables = [], tables.get(table, [])
    for where, found in zip(places_of(path, table, len(found_tables)), found_tables, strict=True):
        try:
            parsed.append(fields.model_validate(found))
        except ValidationError as error:
            problems.extend(
                ": ".join(filter(None, (where, _name(fault["loc"]), fault["msg"].lower()))) for fault in error.errors()
            )
    return parsed


def _name(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


def _glossary_problems(path: Path, terms: list[_TermFields]) -> list[str]:
    problems = []
    owner: dict[str, int] = {}
    names = {term.term.casefold(): term for term in terms}
    for (place, term), where in zip(enumerate(terms), places_of(path, "term", len(terms)), strict=True):
        for name in {term.term.casefold(), *(alias.casefold() for alias in term.aliases)}:
            if name in owner and owner[name] != place:
                problems.append(f"{where}: {name!r} is already a term or an alias of {terms[owner[name]].term!r}")
            owner.setdefault(name, place)
        problems.extend(
            f"{where}: {term.term!r} points to {name!r}, which is no term" for name in term.see if name.casefold() not in names
        )
        if _comes_back(term, names):
            problems.append(f"{where}: {term.term!r} leads back to itself through its “see” references")
    return problems


def _comes_back(start: _TermFields, names: dict[str, _TermFields]) -> bool:
    seen: set[str] = set()
    ahead = [name.casefold() for name in start.see]
    while ahead:
        name = ahead.pop()
        if name == start.term.casefold():
            return True
        if name not in seen and name in names:
            seen.add(name)
            ahead.extend(following.casefold() for following in names[name].see)
    return False

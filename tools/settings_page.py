"""Write docs/settings.md anew: ``python -m tools.settings_page``.

Comes in: the settings classes of the three commands, and setting_examples.toml beside this file. Goes out: a page with the meaning,
the values, the default and an example of each. Refuses to know a setting by name, and to read the environment.
"""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bot.settings import Settings as Serving
from index.settings import Settings as Looking
from ingest.settings import Settings as Building

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "settings.md"
EXAMPLES = Path(__file__).with_name("setting_examples.toml")
PREFIX = "LOCALISM_"
READ_BY: dict[str, type[BaseSettings]] = {"localism": Serving, "localism-index": Looking, "localism-ingest": Building}
# Where an installed package keeps what a checkout has in itself: index/installation.py.
INSTALLED = {
    "index": "~/.local/share/localism/builds",
    "corpus": "~/.local/share/localism/corpus",
    "model": "all-MiniLM-L6-v2",
}
HEAD = """\
<!-- Made by `python -m tools.settings_page` from the settings classes; changes by hand are lost with the next. -->

# Settings

Everything has a default: with no setting at all, Localism serves its own corpus on this machine. A setting stands in the
environment, or as a line `NAME=value` in a file `.env` in the folder where the command is started. With the systemd unit it stands
in `/etc/localism.env`, with compose in `localism.env`. The environment is stronger than `.env`; an option of a command is stronger
than both.

After a change of a setting for serving, restart the server. [.env.example](../.env.example) lists all of them, ready to copy.
`localism doctor` and `localism-ingest settings` print which are in force and where each comes from, without secrets. A value that
cannot be used ends the command with a sentence that names the setting.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as it is told."""

    name: str  # of the field
    field: FieldInfo
    commands: tuple[str, ...]  # that read it

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"{PREFIX}{self.name.upper()}"


def settings() -> list[Setting]:
    """Return every setting once, those of serving first; where two commands read it, as the one that needs most of it tells it."""
    fields: dict[str, FieldInfo] = {}
    for kind in READ_BY.values():
        fields |= kind.model_fields
    return [
        Setting(name, field, tuple(command for command, kind in READ_BY.items() if name in kind.model_fields))
        for name, field in fields.items()
    ]


def examples() -> dict[str, dict[str, str]]:
    """Return for each setting a value, and when one wants it."""
    read: dict[str, dict[str, str]] = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    return read


def page() -> str:
    """Return the whole page."""
    told, shown = settings(), examples()
    groups: dict[str, list[Setting]] = {}
    for setting in told:
        groups.setdefault(_group(setting), []).append(setting)
    parts = [HEAD, _overview(told)]
    for title, members in groups.items():
        parts += [f"\n## {title}\n", *(_section(setting, shown[setting.name]) for setting in members)]
    return "\n".join(parts)


def _group(setting: Setting) -> str:
    if len(setting.commands) > 1:
        return "For every command"
    return "Serving: `localism`" if setting.commands == ("localism",) else "Building the index: `localism-ingest`"


def _overview(told: Sequence[Setting]) -> str:
    rows = [f"| [{each.variable}](#{each.variable.lower()}) | {default_of(each)} |" for each in told]
    return "\n".join(["| setting | default |", "|---|---|", *rows])


def _section(setting: Setting, example: Mapping[str, str]) -> str:
    return f"""
### {setting.variable}

{setting.field.description}

- Value: {values_of(setting.field)}
- Default: {default_of(setting)}
- Example: `{setting.variable}={example["value"]}`: {example["when"]}"""


def default_of(setting: Setting) -> str:
    """Return the default in words; where an installed package has another, both."""
    default = setting.field.default
    if default is None or default == "":
        return "not set"
    text = f"`{_plain(default)}`"
    return f"{text}; of an installed package `{INSTALLED[setting.name]}`" if setting.name in INSTALLED else text


def _plain(value: object) -> str:
    if isinstance(value, Path):
        return value.relative_to(ROOT).as_posix()
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value.value if isinstance(value, Enum) else value)


def values_of(field: FieldInfo) -> str:
    """Return in words what may stand there."""
    return ", or ".join(_words(field.annotation, field.metadata))


def _words(kind: object, metadata: Sequence[object]) -> list[str]:
    """Return the words for each kind of value that is allowed; "not set" is said by the default."""
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *notes = get_args(kind)
        return _words(inner, [note for each in notes for note in (each.metadata if isinstance(each, FieldInfo) else [each])])
    if origin in (Union, UnionType):
        return [word for part in get_args(kind) if part is not NoneType for word in _words(part, metadata)]
    if origin is Literal:
        return [f"`{value}`" for value in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [f"`{member.value}`" for member in kind]
    return [f"{_NAMES.get(kind, 'text')}{_range(metadata)}"]


_NAMES: dict[object, str] = {
    bool: "`true` or `false`",
    int: "a whole number",
    float: "a number",
    Path: "a path",
    SecretStr: "a secret, never shown and never logged",
}


def _range(metadata: Sequence[object]) -> str:
    """Return the limits of a number, or the form of a text, in words."""
    found = {
        name: getattr(note, name) for note in metadata for name in ("ge", "gt", "le", "max_length") if hasattr(note, name)
    }
    if "max_length" in found:
        return f", {found['max_length']} characters at most"
    if "ge" in found and "le" in found:
        return f" from {found['ge']:g} to {found['le']:g}"
    if "ge" in found:
        return f", {found['ge']:g} or more"
    return f" above {found['gt']:g}" if "gt" in found else ""


def main() -> int:
    """Write the page."""
    PAGE.write_text(page() + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

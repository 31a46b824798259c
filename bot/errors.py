"""Errors of the surfaces, under the tree of ``index.errors``.

LocalismError
├── SettingsError           an environment variable is missing or cannot be used
├── DiscordLoginError       Discord refused the token
├── TooBusy                 as many questions as allowed are waiting
├── StoreFault              what the installation keeps cannot be read or added to at this moment
│   ├── StoreUnreachable    its database does not answer: down, cut off, only a replica
│   └── StoreFull           it takes nothing more
├── UnknownPassage          (of the index)
│   └── PageNotDrawn        there is a page, but no picture of it
└── PassageGone             a passage of an earlier build, changed or removed since
"""

from index.errors import LocalismError, UnknownPassage


class SettingsError(LocalismError):
    """An environment variable is missing or cannot be used."""


class DiscordLoginError(LocalismError):
    """Discord refused the token."""


class TooBusy(LocalismError):
    """As many questions as allowed are waiting."""


class StoreFault(LocalismError):
    """What the installation keeps cannot be read or added to at this moment."""


class StoreUnreachable(StoreFault):
    """The database does not answer, or only reads."""


class StoreFull(StoreFault):
    """The database or the disk under it takes nothing more."""


class PageNotDrawn(UnknownPassage):
    """A page took too long to draw, or cannot be drawn: there is no picture of it."""


class PassageGone(LocalismError):
    """A passage of an earlier build, changed or removed since; ``successor`` is the id of what stands now, or empty."""

    def __init__(self, message: str, successor: str) -> None:
        super().__init__(message)
        self.successor = successor

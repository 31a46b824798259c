"""The stores that keep what an installation keeps: the same tests run over each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Place
from bot.state.databases.opening import open_store
from bot.state.databases.store import Store

Another = Callable[[], Store]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A folder, and a database of a real PostgreSQL; both are empty."""
    if request.param == "sqlite":
        return tmp_path
    return SecretStr(request.getfixturevalue("postgres").new_database())


@pytest.fixture
def another(place: Place) -> Another:
    """Open what lies at the same place once more, as another process does."""
    return lambda: open_store(place)


@pytest.fixture
def store(another: Another) -> Store:
    """What is kept at the place."""
    return another()

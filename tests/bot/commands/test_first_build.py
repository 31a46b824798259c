"""The first start of an installed package: an index is made where there is none, by a process that says what it does."""

import subprocess
from types import SimpleNamespace

import pytest

from bot.commands import serving
from bot.commands.serving import build_first
from bot.errors import SettingsError


@pytest.fixture
def started(monkeypatch):
    """The commands that were started; each ends with the code that is set."""
    commands = SimpleNamespace(all=[], code=0)

    def run(command, **_: object):
        commands.all.append(command[1:])
        return SimpleNamespace(returncode=commands.code)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


@pytest.mark.parametrize("code", [0, 1, 3])
def test_where_there_is_no_index_one_is_made(tmp_path, started, capsys, code):
    """A document that could not be read, or a worse answer, leaves a build all the same; what happens is said before."""
    started.code = code
    build_first(tmp_path, installed=True)
    assert started.all == [["-m", "ingest", "build", "--index", str(tmp_path), "--wait", "600"]]
    assert f"no index in {tmp_path} yet. It is made now" in capsys.readouterr().err


def test_where_one_is_live_or_in_a_checkout_nothing_is_made(tmp_path, small_build, started):
    """A restart begins at once; in a checkout make serve builds."""
    build_first(small_build, installed=True)
    build_first(tmp_path, installed=False)
    assert started.all == []


def test_what_could_not_be_made_stops_the_start(tmp_path, started):
    """With the code of the process that said why."""
    started.code = 2
    with pytest.raises(SettingsError, match=r"could not be made \(exit code 2\)"):
        build_first(tmp_path, installed=True)


def test_a_machine_that_only_serves_is_told_where_builds_come_from(tmp_path, started, monkeypatch):
    """It has not got what builds."""
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="localism-index import"):
        build_first(tmp_path, installed=True)
    assert started.all == []

"""Tests are written into memory only where that holds them and lets them run."""

import os
from types import SimpleNamespace

import pytest

from tests import in_memory


@pytest.mark.parametrize(
    ("blocks", "flags", "taken"),
    [(1000, 0, True), (999, 0, False), (1000, in_memory.NO_PROGRAMS, False), (1000, os.ST_NOSUID, True)],
)
def test_a_place_has_room_and_runs_programs(tmp_path, monkeypatch, blocks, flags, taken):
    """Containers give 64 megabytes to it, and let nothing run there."""
    there = SimpleNamespace(f_bavail=blocks, f_frsize=4096, f_flag=flags)
    monkeypatch.setattr(os, "statvfs", lambda _: there)
    assert in_memory.takes(tmp_path, 4096 * 1000) is taken


def test_a_place_that_is_not_there_is_none(tmp_path):
    """As on a Mac."""
    assert not in_memory.takes(tmp_path / "shm")


def test_who_has_chosen_a_place_keeps_it(monkeypatch, tmp_path):
    """By pytest's own variable; else memory is chosen where it may be."""
    monkeypatch.setattr(in_memory, "takes", lambda _: True)
    monkeypatch.setenv(in_memory.PLACE, str(tmp_path))
    in_memory.pytest_configure()
    assert os.environ[in_memory.PLACE] == str(tmp_path)
    monkeypatch.delenv(in_memory.PLACE)
    in_memory.pytest_configure()
    assert os.environ[in_memory.PLACE] == str(in_memory.MEMORY)

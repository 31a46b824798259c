"""Whatever comes in, a line of the log is one line of plain characters."""

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.http.app import create_app
from bot.http.options import HttpOptions
from bot.runtime.logs import OneLineFormatter, start_logging, visible

FORGED = "/p/x%0A2026-11-30 08:00:00,000 WARNING bot.http.admission.admission: wrong admin token from 192.0.2.1%1B[2J%C2%85"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the root logger writes, in the format of the server."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_the_server_writes_in_this_format(monkeypatch: pytest.MonkeyPatch):
    """With a time in front, on the one handler that there is."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    level = root.level
    try:
        start_logging("INFO")
        assert [type(handler.formatter) for handler in root.handlers] == [OneLineFormatter]
    finally:
        root.setLevel(level)


def test_an_address_cannot_write_a_line_of_its_own(service: AnswerService, written: io.StringIO, monkeypatch):
    """Neither ESC nor NEL nor a line end of a path reaches the log; the traceback stands apart."""

    def broken(*_: object) -> None:
        raise RuntimeError("inner\nWARNING bot.http.admission.admission: wrong admin token from 192.0.2.1\x1b[31m")

    monkeypatch.setattr(service, "passage", broken)
    with TestClient(create_app(service, HttpOptions()), raise_server_exceptions=False) as client:
        assert client.get(FORGED).status_code == 500
    first, *others = written.getvalue().splitlines()
    assert first.startswith("ERROR bot.http.problems: /p/x")
    assert "\\x1b[2J\\x85" in first
    assert others
    assert all(line.startswith("  | ") for line in others)
    assert not {"\x1b", "\x85"} & set(written.getvalue())


@given(st.text())
def test_every_text_becomes_one_line(text: str):
    """No text breaks a line, and nothing but control characters is changed."""
    assert len(visible(text).splitlines()) <= 1
    assert visible("Größe: 北京 🎉") == "Größe: 北京 🎉"

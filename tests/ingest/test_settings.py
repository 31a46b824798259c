"""Settings: what a maintainer sets reaches the readers, and what cannot be used is named."""

from argparse import Namespace

import pytest
from rich.console import Console

from index.errors import LocalismError
from ingest.commands.context import CommandContext
from ingest.readers.read_document import FileLimits, ReadingOptions
from ingest.settings import read_settings


def reading():
    """Return how files are read by the settings of the environment."""
    return CommandContext(Namespace(), read_settings(), Console()).reading


def test_limits_and_languages_reach_the_readers(monkeypatch):
    """Every setting of reading, in its unit."""
    named = {"OCR_LANGUAGES": "eng+cym", "OCR_LEAST_CONFIDENCE": "0.7", "FILE_SECONDS": "100"}
    for name, value in (named | {"FILE_MEMORY_MB": "500", "FILE_MOST_MB": "40"}).items():
        monkeypatch.setenv(f"LOCALISM_{name}", value)
    limits = FileLimits(seconds=100, memory_bytes=500 * 2**20, most_bytes=40 * 2**20)
    assert reading() == ReadingOptions(ocr_languages="eng+cym", ocr_least_confidence=0.7, ocr_file_seconds=80, limits=limits)


def test_unset_settings_are_the_readers_own(monkeypatch):
    """The defaults stand in two places and say the same."""
    monkeypatch.delenv("LOCALISM_OCR", raising=False)
    assert reading() == ReadingOptions()


@pytest.mark.parametrize(
    ("name", "value"),
    [("OCR_LANGUAGES", "eng; rm"), ("OCR_LEAST_CONFIDENCE", "60"), ("FILE_SECONDS", "0"), ("FILE_MEMORY_MB", "1")],
)
def test_what_cannot_be_used_is_named(monkeypatch, name, value):
    """The message says which variable to correct."""
    monkeypatch.setenv(f"LOCALISM_{name}", value)
    with pytest.raises(LocalismError, match=f"LOCALISM_{name} is set to something that cannot be used"):
        read_settings()

"""Unused memory is given back while questions go on."""

import asyncio

import pytest

from bot.runtime import memory


async def test_it_goes_on_until_it_is_cancelled(monkeypatch: pytest.MonkeyPatch):
    """On whatever C library: where there is nothing to call, nothing is called, and it never fails."""
    monkeypatch.setattr(memory, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(memory, "WORTH_SECONDS", -1.0)
    for trim in (memory.trimming(), None):
        monkeypatch.setattr(memory, "trimming", lambda trim=trim: trim)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(memory.keep_giving_back(), 0.1)

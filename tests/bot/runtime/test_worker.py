"""Unused memory is given back while questions go on."""

import asyncio

import pytest

from bot.runtime import worker


async def test_it_goes_on_until_it_is_cancelled(monkeypatch: pytest.MonkeyPatch):
    """On whatever C library: where there is nothing to call, nothing is called, and it never fails."""
    monkeypatch.setattr(worker, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(worker, "WORTH_SECONDS", -1.0)
    for trim in (worker.trimming(), None):
        monkeypatch.setattr(worker, "trimming", lambda trim=trim: trim)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(worker.keep_giving_back(), 0.1)

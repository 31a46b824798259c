"""Settings that would open the server to anyone are refused with a sentence."""

import pytest

from bot.errors import SettingsError
from bot.settings import read_settings


@pytest.mark.parametrize("text", ["*", "127.0.0.1, *", "0.0.0.0/0", "::/0", "proxy.example.org", "10.0.0.1/8"])
def test_who_is_trusted_is_named(monkeypatch: pytest.MonkeyPatch, text: str):
    """Trusting everyone lets anyone have any address; a name is no address and would never be believed."""
    monkeypatch.setenv("LOCALISM_TRUSTED_PROXIES", text)
    with pytest.raises(
        SettingsError, match=r"^LOCALISM_TRUSTED_PROXIES .* names no proxy, .* such as 127\.0\.0\.1"
    ) as refused:
        read_settings()
    assert "Value error" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "127.0.0.1", "127.0.0.1, ::1, 10.0.0.0/24"])
def test_proxies_that_are_named_are_taken(monkeypatch: pytest.MonkeyPatch, text: str):
    """Addresses and networks, with commas."""
    monkeypatch.setenv("LOCALISM_TRUSTED_PROXIES", text)
    assert read_settings().trusted_proxies == text

"""docs/settings.md is what the settings classes say."""

import pytest

from bot.settings import checked_token
from tools.settings_page import PAGE, READ_BY, examples, page, settings

SETTINGS = {setting.name: setting for setting in settings()}


def test_the_page_is_the_one_that_the_tool_writes():
    """Write it anew with: python -m tools.settings_page."""
    assert PAGE.read_text(encoding="utf-8") == page() + "\n"


def test_every_setting_of_every_command_has_an_example_and_no_other():
    """A setting that is added is told with it."""
    assert set(examples()) == set(SETTINGS) == {name for kind in READ_BY.values() for name in kind.model_fields}


@pytest.mark.parametrize("name", SETTINGS)
def test_an_example_is_taken_and_changes_something(name, monkeypatch, tmp_path):
    """Each command that reads the setting takes the value, and it is another than the default."""
    monkeypatch.chdir(tmp_path)  # no .env
    monkeypatch.setenv(SETTINGS[name].variable, examples()[name]["value"])
    for command in SETTINGS[name].commands:
        read = getattr(READ_BY[command](), name)
        assert read != READ_BY[command].model_fields[name].default


def test_the_example_of_a_token_is_long_enough():
    """The length of this one is looked at where the server starts."""
    token = examples()["admin_token"]["value"]
    assert checked_token(token) == token

"""The bot's own sentences can be changed by a file of the operator's."""

import pytest

from bot.discord_bot.texts import open_texts
from bot.errors import SettingsError
from tests.discord_double.asks import ask

OWN = """
[reply]
cooldown = "Slowly! In {seconds} s again."
[button]
context = "Around it"
"""


async def test_a_sentence_of_the_file_takes_the_place_of_ours(double, connect, tmp_path):
    """What the file does not name stays as it is."""
    (tmp_path / "own.toml").write_text(OWN)
    await connect(texts=open_texts(tmp_path / "own.toml"), person_per_minute=1)
    shown = str((await ask(double, "Who keeps the list?")).message)
    assert "Around it" in shown
    assert "Not helpful" in shown
    assert (await ask(double, "Who keeps the list?")).message["content"].startswith("Slowly! In ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[reply]\ncooldwn = "x"', r"reply\.cooldwn is none of the bot's sentences; did you mean reply\.cooldown\?"),
        ('[reply]\ncooldown = "{minutes}"', r"reply\.cooldown fills in minutes; it can fill in: seconds"),
        ('[reply]\nfailed = "{"', r"reply\.failed holds a \{ or \}"),
        ('[command.ask]\nname = "frag"', r"command\.ask\.name names or describes a command"),
        ("[reply", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_at_the_start(tmp_path, text, said):
    """With the setting, the file, the key and what is wrong with it: not when somebody asks."""
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(SettingsError, match=f"^LOCALISM_DISCORD_TEXTS is .*own\\.toml, .*{said}"):
        open_texts(tmp_path / "own.toml")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    """A typing error in the setting is said."""
    with pytest.raises(SettingsError, match=r"cannot be read: .*No such file"):
        open_texts(tmp_path / "nowhere.toml")

"""Settings are read by whom they are for; anybody else is told so in a sentence."""

from pathlib import Path

import pytest

WHOLE = Path.is_file


@pytest.mark.parametrize(
    ("program", "arguments"), [("localism", ["doctor"]), ("localism-index", ["verify"]), ("localism-ingest", ["builds"])]
)
def test_a_file_of_settings_that_is_not_for_this_user_is_named(here, monkeypatch, tmp_path, program, arguments):
    """Nor may it be known whether there is one: as in the home of root for who became another user there."""

    def denied(path: Path) -> bool:
        if path.name == ".env":
            raise PermissionError(13, "Permission denied", str(path))
        return WHOLE(path)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "is_file", denied)
    finished = here(program, *arguments)
    assert finished.returncode == 2
    said = " ".join(finished.stderr.split())
    assert said.endswith(
        "cannot be read by this user: Permission denied. "
        "Run it as the user whom they are for, in a folder that this user may read."
    )
    assert "The settings in /" in said

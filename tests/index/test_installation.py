"""Where a user's files lie: in the checkout, or below the folders that the system names for them."""

from pathlib import Path

import pytest

from index import installation
from index.installation import data_folder, default_builds, full_name, user_folder
from tests.conftest import ROOT


def test_in_a_checkout_everything_lies_in_it_and_modules_have_their_own_names():
    """As this is one."""
    assert not installation.INSTALLED
    assert (data_folder(), default_builds(), full_name("ingest")) == (ROOT, ROOT / "index" / "builds", "ingest")


def test_installed_it_lies_in_the_users_data_folder(monkeypatch, tmp_path):
    """The package's own folder is replaced with every upgrade."""
    monkeypatch.setattr(installation, "INSTALLED", True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_builds() == tmp_path / "localism" / "builds"


@pytest.mark.parametrize("named", ["", "relative/path"])
def test_a_path_that_is_not_absolute_counts_for_nothing(monkeypatch, tmp_path, named):
    """As the standard says."""
    monkeypatch.setenv("XDG_DATA_HOME", named)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert user_folder("XDG_DATA_HOME", ".local/share") == tmp_path / ".local" / "share" / "localism"
